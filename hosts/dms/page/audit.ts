/** The audit log. */

import { html } from "hono/html";
import { serviceOperations } from "../api/operations/service.js";
import { timeText } from "../json.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { fieldsIn, perform, send } from "./exchange.js";
import { type Markup, shown, table } from "./layout.js";
import type { Part } from "./part.js";

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

export function auditTable(entries: readonly StoredAuditEntry[]): Markup {
	return table(
		["When", "Who", "What", "On", "Refused by", "Details"],
		[...entries]
			.reverse()
			.map(({ time, actor, action, subject, rule, details }) => [
				timeText(time),
				shown(actor),
				shown(action),
				html`<code>${shown(subject)}</code>`,
				shown(rule),
				html`<code>${shown(details === "{}" ? "" : details)}</code>`,
			]),
	);
}
