/** Bytes of attachments, by the addresses that the server signed: whole where they are small, else a part. */

import { useEffect, useState } from "preact/hooks";

import { during } from "trialog/data/activity.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

/**
 * @param {Version} version
 * @param {number} start
 * @param {number} stop the byte after the last
 * @param {AbortSignal} [abort]
 * @returns {Promise<Uint8Array>}
 */
export async function loadBytes(version, start, stop, abort) {
  if (version.size_bytes === 0) {
    return new Uint8Array();
  }
  const headers = start > 0 || stop < version.size_bytes ? { range: `bytes=${start}-${Math.min(stop, version.size_bytes) - 1}` } : undefined;
  const load = async () => new Uint8Array(await (await fetchChecked(version.file, headers, abort)).arrayBuffer());
  return during(load());
}

/**
 * A picture that the server draws, as an address of this page; its words where there is none.
 * @param {string} address
 * @returns {{source: string, failure: unknown}} no source yet: an empty one
 */
export function usePicture(address) {
  const [state, setState] = useState({ address: "", source: "", failure: /** @type {unknown} */ (null) });
  useEffect(() => {
    const abort = new AbortController();
    let source = "";
    during(fetchChecked(address, undefined, abort.signal).then((answer) => answer.blob())).then(
      (picture) => {
        if (!abort.signal.aborted) {
          source = URL.createObjectURL(picture);
          setState({ address, source, failure: null });
        }
      },
      (error) => {
        if (!abort.signal.aborted) {
          setState({ address, source: "", failure: error });
        }
      },
    );
    return () => {
      abort.abort();
      URL.revokeObjectURL(source);
    };
  }, [address]);
  return state.address === address ? state : { source: "", failure: null };
}

/**
 * @param {string} address
 * @param {Record<string, string> | undefined} headers
 * @param {AbortSignal | undefined} signal
 */
async function fetchChecked(address, headers, signal) {
  const answer = await fetch(address, { headers, signal });
  if (!answer.ok) {
    throw new Error((await answer.json().catch(() => null))?.error?.message ?? `The file cannot be had (${answer.status}).`);
  }
  return answer;
}

/**
 * The first bytes of an attachment.
 * @param {Version} version
 * @param {number} stop
 * @returns {{bytes: Uint8Array | null, failure: unknown}}
 */
export function useBytes(version, stop) {
  const [state, setState] = useState({ key: "", bytes: /** @type {Uint8Array | null} */ (null), failure: /** @type {unknown} */ (null) });
  const key = `${version.file} ${stop}`;
  useEffect(() => {
    const abort = new AbortController();
    loadBytes(version, 0, stop, abort.signal).then(
      (bytes) => setState({ key, bytes, failure: null }),
      (error) => {
        if (!abort.signal.aborted) {
          setState({ key, bytes: null, failure: error });
        }
      },
    );
    return () => abort.abort();
  }, [key]);
  // what was there before more was asked for stays until more is there
  return state.key === key || state.key.startsWith(`${version.file} `) ? state : { bytes: null, failure: null };
}

/** @param {Uint8Array} bytes */
export function textOf(bytes) {
  return new TextDecoder().decode(bytes);
}
