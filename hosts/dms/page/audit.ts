/** The audit log. */

import { html } from "hono/html";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { fieldsIn, perform, send } from "./exchange.js";
import { type Markup, table } from "./layout.js";
import type { Part } from "./part.js";
import { sentenceOf } from "./sentences.js";

export const audit: Part = {
	paths: ["/audit"],
	addTo(app, service) {
		app.get("/audit", async (exchange) => {
			const asked = await fieldsIn(exchange);
			const entries = await perform<StoredAuditEntry[]>(
				...([service, exchange, serviceOperations.audit, asked] as const),
			);
			return send(exchange, { title: "Audit log", content: auditTable(entries) });
		});
	},
};

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
	return entry.rule === "" ? html`${text}` : html`<span class="bad">${text}</span>`;
}
