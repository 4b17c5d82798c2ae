/** What a person has for himself: his sessions and his password. */

import { html } from "hono/html";
import { sessionOperations } from "../api/operations/sessions.js";
import { timeText } from "../json.js";
import type { Session } from "../people/session.js";
import type { Service } from "../service.js";
import { browserIn } from "./browser-name.js";
import { act, type Exchange, fieldsIn, perform, type Refusal, send } from "./exchange.js";
import { failureOf } from "./form.js";
import { input } from "./input.js";
import { type Markup, type Page, shown, table } from "./layout.js";
import type { Part } from "./part.js";

const path = "/account";

export const account: Part = {
	paths: [path, path + "/password", path + "/sessions/:id/end"],
	addTo(app, service) {
		app.get(path, async (exchange) => send(exchange, await accountPage(service, exchange)));
		app.post(path + "/password", async (exchange) => {
			const { current = "", wanted = "" } = await fieldsIn(exchange);
			return act(exchange, {
				form: "password",
				fields: {}, // A password isn't sent back.
				async run() {
					const input = { current, wanted };
					await perform(service, exchange, sessionOperations.changePassword, input);
					return path + "?changed=password";
				},
				pageOf: (refusal) => accountPage(service, exchange, refusal),
			});
		});
		app.post(path + "/sessions/:id/end", (exchange) => {
			const id = exchange.req.param("id");
			return act(exchange, {
				form: "sessions",
				fields: {},
				async run() {
					await perform(service, exchange, sessionOperations.end, { id });
					return path;
				},
				pageOf: (refusal) => accountPage(service, exchange, refusal),
			});
		});
	},
};

type OwnSession = Omit<Session, "caller"> & { readonly isThis: boolean };

async function accountPage(service: Service, exchange: Exchange, refusal?: Refusal): Promise<Page> {
	const all = await perform<OwnSession[]>(service, exchange, sessionOperations.list);
	const isChanged = exchange.req.query("changed") === "password" && refusal === undefined;
	const content = html`${
			isChanged
				? html`<p role="status">The password is changed. Your other sessions have ended.</p>`
				: ""
		}
		<h2>Where you are logged in</h2>
		${failureOf("sessions", refusal)}
		${table(["Browser", "Address", "Since", "Last used", "Ends", "Action"], all.map(rowOf))}
		${passwordForm(exchange.get("caller").name, refusal)}`;
	return { title: "Your account", content };
}

function rowOf(session: OwnSession): (string | Markup)[] {
	const { id, agent, address, startedAt, seenAt, expiresAt, isThis } = session;
	const times = [startedAt, seenAt, expiresAt].map(timeText);
	const end = html`<form method="post" action="${path}/sessions/${id}/end">
		<button aria-label="End it: the session ${id}">End it</button>
	</form>`;
	return [shown(browserIn(agent)), shown(address), ...times, isThis ? "this one" : end];
}

/** For whom it is, is for what keeps passwords. */
function passwordForm(name: string, refusal: Refusal | undefined): Markup {
	const options = { type: "password", isRequired: true } as const;
	return html`<fieldset>
		<legend>Change your password</legend>
		${failureOf("password", refusal)}
		<form class="filters" method="post" action="${path}/password">
			<input name="name" value="${name}" autocomplete="username" readonly hidden />
			${input("current", "Now", "", { ...options, autocomplete: "current-password" })}
			${input("wanted", "From now on", "", { ...options, autocomplete: "new-password" })}
			<button class="first">Change it</button>
		</form>
		<p class="quiet">12 letters or more, such as a few words. It ends your other sessions.</p>
	</fieldset>`;
}
