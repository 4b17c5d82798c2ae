/** API tokens, with which programs use the service: made, shown once, and revoked. */

import { html } from "hono/html";
import type { ApiToken } from "../administration/api-tokens.js";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { Service } from "../service.js";
import { tokenRoles } from "../storage/schema.js";
import {
	act,
	type Exchange,
	fieldsIn,
	perform,
	noted,
	type Refusal,
	requireSure,
	send,
} from "./exchange.js";
import { choice, failureOf, kept, submit } from "./form.js";
import { input, secondsIn } from "./input.js";
import { type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";
import { nameInWords } from "./sentences.js";

const path = "/api-tokens";

export const apiTokens: Part = {
	paths: [path, path + "/:name/revoke"],
	addTo(app, service) {
		app.get(path, async (exchange) => send(exchange, await listPage(service, exchange)));
		app.post(path, (exchange) => makeOnce(service, exchange));
		app.post(path + "/:name/revoke", async (exchange) => {
			const fields = await fieldsIn(exchange);
			const name = exchange.req.param("name");
			const { revokeApiToken } = serviceOperations;
			return act(exchange, {
				...{ form: "revoke " + name, fields },
				async run() {
					if (revokeApiToken.roles.includes(exchange.get("caller").role)) {
						requireSure(fields, "Whoever uses it is refused from now on, for good.");
					}
					await perform(service, exchange, revokeApiToken, { name });
					return path;
				},
				pageOf: (refusal) => listPage(service, exchange, refusal),
			});
		});
	},
};

async function listPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const all = await perform<ApiToken[]>(service, exchange, serviceOperations.listApiTokens);
	const content = html`${makeForm(refusal)}
	${table(
		["Name", "Role", "Whose devices", "Made by", "Made", "Until", "Action"],
		all.map((token) => [
			shown(token.name),
			token.role,
			...[shown(token.user), nameInWords(token.addedBy ?? "-")],
			...[timeText(token.addedAt), timeText(token.expiresAt)],
			revokeForm(token, refusal),
		]),
	)}`;
	return { title: "API tokens", content };
}

function revokeForm({ name }: ApiToken, refusal: Refusal | undefined): Markup {
	return html`<form method="post" action="${path}/${encodeURIComponent(name)}/revoke">
		${submit("revoke " + name, refusal, "Revoke", name)}
	</form>`;
}

function makeForm(refusal: Refusal | undefined): Markup {
	const of = (name: string, text = "") => kept("make", name, refusal, text);
	const texts = Object.fromEntries(tokenRoles.map((role) => [role, role]));
	return html`<fieldset>
		<legend>Make a token, for CI or another program</legend>
		${failureOf("make", refusal)}
		<form class="filters" method="post" action="${path}">
			${input("name", "Name", of("name"), { isRequired: true })}
			<label>Role ${choice("role", of("role", "viewer"), texts)}</label>
			${input("user", "Whose devices, for an owner's", of("user"))}
			${input("days", "Good for days", of("days", "90"), { type: "number", minimum: 1 })}
			<button class="first">Make it</button>
		</form>
	</fieldset>`;
}

/** There is no other time to see its text. */
async function makeOnce(service: Service, exchange: Exchange): Promise<Response> {
	const fields = await fieldsIn(exchange);
	const { name, role, user, days } = fields;
	const input = { name, role, user, lifeSeconds: secondsIn(days) };
	type Made = ApiToken & { readonly token: string };
	try {
		const made = await perform<Made>(service, exchange, serviceOperations.addApiToken, input);
		return await send(exchange, { title: "API token " + made.name, content: madeView(made) });
	} catch (error) {
		const { status, detail: message } = noted(exchange, error);
		return send(
			exchange,
			await listPage(service, exchange, { form: "make", message, fields }),
			status,
		);
	}
}

function madeView({ token, role, expiresAt }: ApiToken & { readonly token: string }): Markup {
	return html`<p role="status">
			It is shown only now, and may do what ${role} may until ${timeText(expiresAt)}. Keep it in a
			file that nobody else reads (<code>chmod 600</code>), for
			<code>opendms --token-file FILE</code>.
		</p>
		<pre>${token}</pre>
		<p><a href="${path}">All API tokens</a></p>`;
}
