/** The service's time: this machine's clock may be wrong, and deadlines are the service's. */

const TOLERATED_MS = 2000; // the header tells whole seconds, and answers take a while
let offset = 0;

/** Learns from the Date header of an answer; `asked` and `answered` are this machine's times of the call. */
export function learnTime(header, asked, answered = Date.now()) {
  const told = Date.parse(header ?? "");
  if (Number.isNaN(told)) return;
  const difference = told + 500 - (asked + answered) / 2;
  if (Math.abs(difference - offset) > TOLERATED_MS) offset = Math.abs(difference) > TOLERATED_MS ? difference : 0;
}

/** Now, in milliseconds since 1970, by the service's clock. */
export const serverNow = () => Date.now() + offset;
