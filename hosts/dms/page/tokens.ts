/** The tokens of devices: made, shown once, listed, and revoked. */

import { html } from "hono/html";
import type { NewToken } from "../administration/new-tokens.js";
import type { Token } from "../administration/tokens.js";
import type { Operation } from "../api/operation.js";
import { tokenOperations } from "../api/operations/tokens.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { timeText } from "../json.js";
import {
	act,
	type Exchange,
	type Fields,
	fieldsIn,
	perform,
	noted,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { submit } from "./form.js";
import { numberIn, secondsIn } from "./input.js";
import { type Markup, nextPage, type Page, rowsOfAPage, shown, table } from "./layout.js";
import type { Part } from "./part.js";
import { formsOf } from "./token-forms.js";
import { labels } from "./token-labels.js";
import { sendCsv } from "./token-csv.js";

const path = "/tokens";
/** More are a file's affair: nobody looks at them. */
const shownMaximum = 100;

export const tokens: Part = {
	paths: [path, path + "/csv", path + "/new/:kind", path + "/:id/revoke"],
	addTo(app, service) {
		app.get(path, async (exchange) =>
			send(exchange, await tokensPage(service, exchange, await fieldsIn(exchange))),
		);
		app.post(path + "/new/:kind", (exchange) =>
			makeOnce(service, exchange, exchange.req.param("kind") ?? ""),
		);
		app.post(path + "/csv", (exchange) =>
			sendCsv(service, exchange, (refusal) => tokensPage(service, exchange, {}, refusal)),
		);
		app.post(path + "/:id/revoke", async (exchange) => {
			const fields = await fieldsIn(exchange);
			const id = exchange.req.param("id");
			const { revoke } = tokenOperations;
			return act(exchange, {
				...{ form: "revoke " + id, fields },
				run: async () => {
					if (revoke.roles.includes(exchange.get("caller").role)) {
						requireSure(fields, "It opens nothing any more, for good.");
					}
					await perform(service, exchange, revoke, { id });
					return path;
				},
				pageOf: (refusal) => tokensPage(service, exchange, fields, refusal),
			});
		});
	},
};

async function tokensPage(
	service: Service,
	exchange: Exchange,
	{ after }: Fields,
	refusal?: Refusal,
): Promise<Page> {
	const caller = exchange.get("caller");
	const { list, revoke } = tokenOperations;
	const input = { limit: rowsOfAPage, ...(after !== undefined && { after }) };
	const listed = list.roles.includes(caller.role)
		? await perform<Token[]>(service, exchange, list, input)
		: undefined;
	const canRevoke = revoke.roles.includes(caller.role);
	const table = listed === undefined ? "" : tokensView(listed, canRevoke, after, refusal);
	const content = html`${formsOf(caller, refusal)} ${table}`;
	return { title: "Tokens", content };
}

function tokensView(
	listed: readonly Token[],
	canRevoke: boolean,
	after: string | undefined,
	refusal: Refusal | undefined,
): Markup {
	const last = listed.at(-1)?.id ?? "";
	const heads = [
		"Token",
		"Kind",
		"State",
		"For",
		"Uses",
		"Until",
		...(canRevoke ? ["Action"] : []),
	];
	return html`<h2>Made until now, without what they open</h2>
		${table(
			heads,
			listed.map((one) => [
				html`<code>${one.id}</code>`,
				...[one.kind, one.state, purposeOf(one), one.uses + " of " + one.usesMaximum],
				timeText(one.expiresAt),
				...(canRevoke ? [one.state === "open" ? revokeForm(one, after, refusal) : ""] : []),
			]),
		)}
		${listed.length < rowsOfAPage ? "" : nextPage(`${path}?after=${last}`)}`;
}

function purposeOf({ kind, uuid, uuidRule, user, product }: Token): string {
	if (kind === "provisioning") return uuid ?? (uuidRule === "required" ? "a UUID of its own" : "-");
	return shown(user) + (product === null ? "" : ", " + shown(product));
}

/** `after` is where the page that it is on begins, which asks. */
function revokeForm(
	{ id }: Token,
	after: string | undefined,
	refusal: Refusal | undefined,
): Markup {
	return html`<form method="post" action="${path}/${id}/revoke">
		${after === undefined ? "" : html`<input type="hidden" name="after" value="${after}" />`}
		${submit("revoke " + id, refusal, "Revoke", "token " + id)}
	</form>`;
}

/** Makes what a form asks for, and shows it: there is no other time to see it. */
async function makeOnce(service: Service, exchange: Exchange, kind: string): Promise<Response> {
	const fields = await fieldsIn(exchange);
	try {
		const made = await makeAll(service, exchange, kind, fields);
		return await send(exchange, { title: "New tokens", content: labels(kind, made, fields) });
	} catch (error) {
		const { status, detail: message } = noted(exchange, error);
		const refusal = { form: kind, message, fields };
		return send(exchange, await tokensPage(service, exchange, {}, refusal), status);
	}
}

async function makeAll(
	service: Service,
	exchange: Exchange,
	kind: string,
	{ count = "1", days, user, product, uses, requiresUuid }: Fields,
): Promise<NewToken[]> {
	const lifeSeconds = secondsIn(days);
	const length = Number(count);
	if (!Number.isSafeInteger(length) || length < 1 || length > shownMaximum) {
		const way = kind === "provisioning" ? ` More come as a file: Download as CSV.` : "";
		throw new OperatorError("limit", `1 to ${shownMaximum} tokens are shown at once.` + way);
	}
	if (kind === "provisioning") {
		const input = { count: length, requiresUuid: requiresUuid === "yes", lifeSeconds };
		return perform(service, exchange, tokenOperations.addProvisioningMany, input);
	}
	const own = exchange.get("caller").user ?? "";
	const for_ = { user: user ?? own, lifeSeconds };
	const [one, input]: [Operation, object] =
		kind === "activation"
			? [tokenOperations.addActivation, { ...for_, product, uses: numberIn(uses) }]
			: [tokenOperations.addClaim, for_];
	const made: NewToken[] = [];
	while (made.length < length) made.push(await perform(service, exchange, one, { ...input }));
	return made;
}
