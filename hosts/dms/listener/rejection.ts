/** The answer to bytes that never became a request, and so can't have a response. */

import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { fieldsOf, refuseRequest } from "../endpoint/answer.js";

/** The status for what Node's HTTP parser can't read, by the code of its error. */
export function statusOfParserError(error: Error): number | undefined {
	const code = "code" in error ? String(error.code) : "";
	if (code === "HPE_HEADER_OVERFLOW") return 431;
	if (code === "ERR_HTTP_REQUEST_TIMEOUT") return 408;
	return code.startsWith("HPE_") ? 400 : undefined;
}

/** Answers with this status and closes the connection. */
export function reject(socket: Duplex, status: number, now: number): void {
	const answer = refuseRequest(status, undefined, { connection: "close" });
	const lines = ["HTTP/1.1 " + status + " " + STATUS_CODES[status]];
	for (const [name, value] of Object.entries(fieldsOf(answer, now))) {
		lines.push(name + ": " + value);
	}
	socket.write(lines.join("\r\n") + "\r\n\r\n");
	socket.end(answer.body, () => socket.destroy());
}
