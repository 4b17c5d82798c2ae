/** Many provisioning tokens as a file, which is sent while they are made. */

import type { NewToken } from "../administration/new-tokens.js";
import { tokenOperations } from "../api/operations/tokens.js";
import { tokensOfRequest } from "../api/schemas.js";
import { csvLine } from "../csv.js";
import { timeText } from "../json.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { type Exchange, fieldsIn, perform, problemIn, type Refusal, send } from "./exchange.js";
import { secondsIn } from "./input.js";
import { type Page, pageHeaders } from "./layout.js";

/** Half a minute of work. */
const countMaximum = 100_000;
/** What a browser gets at a time, so that it sees it come. */
const partLength = Math.min(1_000, tokensOfRequest);

/**
 * Each part of them is there whole or not at all; when one fails, the download does, and those of
 * the parts before are good.
 */
export async function sendCsv(
	service: Service,
	exchange: Exchange,
	pageOf: (refusal: Refusal) => Promise<Page>,
): Promise<Response> {
	const fields = await fieldsIn(exchange);
	const { count = "1", days, requiresUuid } = fields;
	const { isCurrent } = exchange.get("visit");
	const make = async (length: number) => {
		// Who is logged out, removed, or given another role meanwhile gets no more of them.
		if (!(await isCurrent())) throw new OperatorError("log-in", "Your session has ended.");
		return perform<NewToken[]>(service, exchange, tokenOperations.addProvisioningMany, {
			...{ count: length, requiresUuid: requiresUuid === "yes", lifeSeconds: secondsIn(days) },
		});
	};
	try {
		const wanted = Number(count);
		if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > countMaximum) {
			throw new OperatorError("limit", `A file has 1 to ${countMaximum} tokens.`);
		}
		const first = await make(Math.min(partLength, wanted));
		return new Response(linesOf(first, wanted, make).pipeThrough(new TextEncoderStream()), {
			headers: {
				...pageHeaders,
				"content-type": "text/csv; charset=utf-8",
				"content-disposition": 'attachment; filename="tokens.csv"',
			},
		});
	} catch (error) {
		const { status, detail: message, rule } = problemIn(error);
		exchange.set("rule", rule);
		return send(exchange, await pageOf({ form: "provisioning", message, fields }), status);
	}
}

/** Makes the next part when the one before was taken. */
function linesOf(
	first: readonly NewToken[],
	wanted: number,
	make: (length: number) => Promise<NewToken[]>,
): ReadableStream<string> {
	let sent = 0;
	let next: readonly NewToken[] | undefined = first;
	return new ReadableStream({
		async pull(controller) {
			const part = next ?? (await make(Math.min(partLength, wanted - sent)));
			next = undefined;
			const head = sent === 0 ? "id,token,expires\n" : "";
			const lines = part.map(({ id, token, expiresAt }) =>
				csvLine([id, token, timeText(expiresAt)]),
			);
			controller.enqueue(head + lines.join(""));
			sent += part.length;
			if (sent >= wanted) controller.close();
		},
	});
}
