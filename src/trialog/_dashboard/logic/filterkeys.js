/** What Escape does in the filter: step by step, so that nothing is lost that somebody meant to keep. Pure. */

/**
 * The list of offers is closed first, also one that is about to open; the text stays. Then the text is again what is applied.
 * Then the field is left.
 * @param {{isListOpen: boolean, isListDue: boolean, draft: string, applied: string}} now isListDue: something was typed, and its list was not closed
 * @returns {"close" | "give back" | "leave"}
 */
export function escapeStep({ isListOpen, isListDue, draft, applied }) {
  if (isListOpen || isListDue) {
    return "close";
  }
  return draft === applied ? "leave" : "give back";
}
