/** The audit log: who did what, and who was refused what, with filters and by pages. */

import { html } from "hono/html";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import {
	type Exchange,
	type Fields,
	fieldsIn,
	perform,
	problemIn,
	type Refusal,
	send,
} from "./exchange.js";
import { choice, failureOf } from "./form.js";
import { input, withTimes } from "./input.js";
import { type Markup, type Page, rowsOfAPage, table } from "./layout.js";
import { actionsDone, actionsRefused } from "./audit-actions.js";
import type { Part } from "./part.js";
import { sentenceOf } from "./sentences.js";

const path = "/audit";

export const audit: Part = {
	paths: [path],
	addTo(app, service) {
		app.get(path, async (exchange) => {
			const fields = await fieldsIn(exchange);
			try {
				return await send(exchange, await auditPage(service, exchange, fields));
			} catch (error) {
				const { status, detail: message, rule } = problemIn(error);
				if (rule !== "input") throw error;
				exchange.set("rule", rule);
				const refusal = { form: "filter", message, fields };
				return send(exchange, pageOf(fields, [], refusal), status);
			}
		});
	},
};

async function auditPage(service: Service, exchange: Exchange, asked: Fields): Promise<Page> {
	const { actor } = asked;
	const fields = {
		...withTimes(asked),
		...(actor !== undefined && { actor: actorNamed(actor) }),
		limit: String(rowsOfAPage),
	};
	const { audit } = serviceOperations;
	return pageOf(asked, await perform<StoredAuditEntry[]>(service, exchange, audit, fields));
}

/** People type a user's name alone. */
function actorNamed(text: string): string {
	return text.includes(":") || text === "operator" || text === "service" ? text : "user:" + text;
}

function pageOf(asked: Fields, entries: readonly StoredAuditEntry[], refusal?: Refusal): Page {
	const [oldest] = entries;
	const older = new URLSearchParams({ ...asked, before: String(oldest?.id ?? 0) });
	const content = html`${filters(asked, refusal)} ${auditTable(entries)}
	${
		entries.length < rowsOfAPage
			? ""
			: html`<p><a href="${path}?${older.toString()}">Older ones</a></p>`
	}`;
	return { title: "Audit log", content };
}

function filters(asked: Fields, refusal: Refusal | undefined): Markup {
	const { device, actor, action = "", since, until, isRefused = "" } = asked;
	const names = [...new Set([...Object.keys(actionsDone), ...Object.keys(actionsRefused)])].sort();
	const actions = Object.fromEntries(["", ...names].map((name) => [name, name || "any"]));
	return html`${failureOf("filter", refusal)}
		<form class="filters" action="${path}">
			${input("actor", "Who: alice, api:ci, device:...", actor)}
			<label>What ${choice("action", action, actions)}</label>
			${input("device", "Device: its UUID", device)}
			${input("since", "Since", since, { type: "date" })}
			${input("until", "Before", until, { type: "date" })}
			<label
				>Refused ${choice("isRefused", isRefused, { "": "any", true: "yes", false: "no" })}</label
			>
			<button>Filter</button>
		</form>`;
}

/** Newest first. */
function auditTable(entries: readonly StoredAuditEntry[]): Markup {
	const rows = [...entries].reverse();
	return table(
		["When", "What"],
		rows.map((entry) => [timeText(entry.time), shownIn(entry)]),
	);
}

function shownIn(entry: StoredAuditEntry): Markup {
	const text = sentenceOf(entry);
	const what = entry.rule === "" ? html`${text}` : html`<span class="bad">${text}</span>`;
	const [, uuid] = /^device:([0-9a-f]{40})$/.exec(entry.subject) ?? [];
	return uuid === undefined ? what : html`${what} <a href="/devices/${uuid}">See it</a>`;
}
