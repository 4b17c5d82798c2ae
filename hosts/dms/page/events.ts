/** `/events`: what changes on a page that is open, for who has logged in. */

import { problemOf } from "../api/problem.js";
import { sendProblem } from "./exchange.js";
import { pageHeaders } from "./layout.js";
import { topicOf } from "./live-topics.js";
import type { Part } from "./part.js";

/** A page has a few roll-outs. */
const topicsMaximum = 8;
const nameLengthMaximum = 1_000;

export const events: Part = {
	paths: ["/events"],
	isOpen: true,
	addTo(app, service, { live }) {
		app.get("/events", async (exchange) => {
			const caller = exchange.get("caller");
			// An EventSource would follow to the log-in, and wonder at its HTML.
			if (caller === undefined) {
				return sendProblem(exchange, problemOf(401, "log-in", "Log in first."));
			}
			const names = exchange.req.queries("on") ?? [];
			const isTooMuch =
				names.length > topicsMaximum || names.some((name) => name.length > nameLengthMaximum);
			if (names.length === 0 || isTooMuch) {
				return sendProblem(exchange, problemOf(422, "input", "Say what to hear of: ?on=devices?"));
			}
			const visit = exchange.get("visit");
			const topics = names.map((name) => topicOf(service, { caller, visit }, name));
			// Who may not is told so at once.
			for (const { read } of topics) await read();
			const stream = live.open(topics, { caller, isCurrent: visit.isCurrent });
			if (stream === undefined) {
				return sendProblem(exchange, problemOf(503, "busy", "Too many pages are open."));
			}
			return exchange.body(stream, 200, {
				...pageHeaders,
				"content-type": "text/event-stream",
				// For proxies such as nginx, which would wait for more.
				"x-accel-buffering": "no",
			});
		});
	},
};
