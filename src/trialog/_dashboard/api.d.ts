// Written by scripts/api from the server's shapes: change those.

/** What is to be changed of some runs; what is left out stays. */
export interface Change {
  runs: string[];
  add_tags?: string[];
  remove_tags?: string[];
  name?: string | null;
  description?: string | null;
  restore?: boolean;
  delete?: boolean;
  cancel?: boolean;
  reason?: string | null;
  signal?: string | null;
}

/** What became of a change, run by run. */
export interface Changed {
  runs: ChangedRun[];
}

/** What became of one run's change. */
export interface ChangedRun {
  id: string;
  name: string | null;
  error: string | null;
}

/** What a chart is to show; see docs/explanation/charts.md. */
export interface ChartQuery {
  selection: Selection;
  metric: string;
  x?: string;
  x0?: number | null;
  x1?: number | null;
  pixels?: number;
  smoothing?: string | null;
  group?: string | null;
  center?: "mean" | "median";
  band?: "confidence" | "minmax" | "none" | "std";
  split?: "attempt" | "rank" | null;
  members?: boolean;
  y_scale?: "linear" | "log";
  raw?: boolean;
  details?: boolean;
  since?: string | null;
}

/** A filter that is being typed. */
export interface CompleteQuery {
  project?: string | null;
  text?: string;
  cursor?: number | null;
}

/** What may stand in the place of ``text[start:end]``; and what is wrong with the text. */
export interface Completed {
  start: number;
  end: number;
  items: CompletionItem[];
  problem: Problem | null;
}

/** Something that may stand there, what it is, and a few words on it. */
export interface CompletionItem {
  text: string;
  kind: string;
  detail: string;
}

/** A fact of every run: its name in the filter language, its type, what it says. */
export interface FactHead {
  name: string;
  type: string;
  meaning: string;
}

/** Runs that have a value in common. */
export interface Group {
  value: boolean | number | string | null;
  where: string;
  runs: number;
  statuses: Record<string, number>;
  cells: GroupCell[];
}

/** What the runs of a group have in a column. */
export interface GroupCell {
  count?: number;
  mean?: boolean | number | string | null;
  std?: boolean | number | string | null;
  least?: boolean | number | string | null;
  greatest?: boolean | number | string | null;
  value?: boolean | number | string | string[] | null;
  distinct?: number;
}

/** A table of groups of runs. */
export interface GroupQuery {
  by: string;
  project?: string | null;
  where?: string;
  sort?: string;
  columns?: string[];
  limit?: number;
}

/** Groups of runs. */
export interface GroupTable {
  total: number;
  runs: number;
  columns: TableColumn[];
  groups: Group[];
}

/** What the first page shows. */
export interface Home {
  attention: RunHead[];
  projects: ProjectHead[];
}

/** Nothing asked, or nothing to tell. */
export interface Nothing {

}

/** A parameter of a project. */
export interface ParameterHead {
  name: string;
  text: string;
  type: "flag" | "mixed" | "number" | "text";
  distinct: number;
  runs: number;
}

/** Why a request was refused. */
export interface Problem {
  kind: string;
  message: string;
  start?: number | null;
  end?: number | null;
  suggestion?: string | null;
}

/** A project in one line. */
export interface ProjectHead {
  namespace: string;
  project: string;
  namespace_name: string;
  project_name: string;
  runs: number;
  statuses: Record<string, number>;
  newest_ns: number | null;
  days: number[];
}

/** What there is in a project. */
export interface ProjectOverview {
  namespace: string;
  project: string;
  namespace_name: string;
  project_name: string;
  runs: number;
  deleted: number;
  statuses: Record<string, number>;
  parameters: ParameterHead[];
  metrics: string[];
  tags: string[];
  measures: string[];
  facts: FactHead[];
  is_whole: boolean;
}

/** A project by its slugs. */
export interface ProjectQuery {
  namespace: string;
  project: string;
}

/** The answer where a request is refused. */
export interface Refusal {
  error: Problem;
}

/** A run in one line, wherever one is named. */
export interface RunHead {
  id: string;
  name: string;
  namespace: string;
  project: string;
  status: "CANCELED" | "CANCELING" | "COMPLETED" | "CRASHED" | "FAILED" | "INTERRUPTED" | "PENDING" | "RUNNING";
  reason: string | null;
  created_ns: number;
  ended_ns: number | null;
  duration: number;
  host: string;
  tags: string[];
}

/** Which runs. */
export interface Selection {
  project?: string | null;
  where?: string;
  sort?: string;
  runs?: string[] | null;
  limit?: number | null;
}

/** What the page needs to know of the server it talks to. */
export interface Server {
  version: string;
  store: string;
  may_change: boolean;
  now_ns: number;
}

/** One column of a table. */
export interface TableColumn {
  text: string;
  kind: "fact" | "metric" | "parameter";
  name: string;
  measure: string | null;
  type: string | null;
  values: (boolean | number | string | string[] | null)[];
}

/** Runs, column by column. */
export interface TablePage {
  total: number;
  offset: number;
  ids: string[];
  names: string[];
  paths: string[];
  statuses: ("CANCELED" | "CANCELING" | "COMPLETED" | "CRASHED" | "FAILED" | "INTERRUPTED" | "PENDING" | "RUNNING")[];
  reasons: (string | null)[];
  is_deleted: boolean[];
  columns: TableColumn[];
  now_ns: number;
}

/** A part of a project's table of runs. */
export interface TableQuery {
  project?: string | null;
  where?: string;
  sort?: string;
  offset?: number;
  limit?: number;
  columns?: string[] | null;
}

/** A saved view of a project. */
export interface View {
  name: string;
  content: Record<string, unknown>;
  by: string;
  saved_ns: number;
}

/** A view to be saved. */
export interface ViewChange {
  namespace: string;
  project: string;
  name: string;
  content: Record<string, unknown>;
}

/** A view by its name. */
export interface ViewQuery {
  namespace: string;
  project: string;
  name: string;
}

/** The saved views of a project, by name. */
export interface Views {
  views: View[];
}
