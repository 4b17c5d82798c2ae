/** The devices that somebody looks at as a file, which is sent while they are read. */

import type { Device } from "../administration/devices.js";
import { deviceOperations } from "../api/operations/devices.js";
import { deviceCsvHead, deviceCsvLine } from "../csv.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { type Exchange, type Fields, perform } from "./exchange.js";
import { withTimes } from "./input.js";
import { pageHeaders } from "./layout.js";

/** As many as the operation gives at once. */
const rowsAtOnce = 1_000;

export async function sendDevices(
	service: Service,
	exchange: Exchange,
	asked: Fields,
): Promise<Response> {
	const { isCurrent } = exchange.get("visit");
	const read = async (after: string | undefined): Promise<Device[]> => {
		// Who is logged out, removed, or given another role meanwhile gets no more of them.
		if (!(await isCurrent())) throw new OperatorError("log-in", "Your session has ended.");
		const part = { limit: String(rowsAtOnce), ...(after !== undefined && { after }) };
		const input = { ...withTimes(asked), ...part };
		return perform<Device[]>(service, exchange, deviceOperations.list, input);
	};
	// Who may not, or asks for what can't be, is told so in place of a file.
	let next: Device[] = await read(undefined);
	let head = deviceCsvHead;
	const lines = new ReadableStream<string>({
		async pull(controller) {
			controller.enqueue(head + next.map(deviceCsvLine).join(""));
			head = "";
			const isLast = next.length < rowsAtOnce;
			if (isLast) controller.close();
			else next = await read(next.at(-1)?.uuid);
		},
	});
	return new Response(lines.pipeThrough(new TextEncoderStream()), {
		headers: {
			...pageHeaders,
			"content-type": "text/csv; charset=utf-8",
			"content-disposition": 'attachment; filename="devices.csv"',
		},
	});
}
