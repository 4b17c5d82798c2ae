/** A roll-out as a chart that moves, with its buttons. */

import { html } from "hono/html";
import type { RollOutState } from "../administration/roll-outs.js";
import { rollOutOperations } from "../api/operations/roll-outs.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import { pathOfReporters } from "./devices.js";
import type { Refusal } from "./exchange.js";
import { field, submit } from "./form.js";
import type { Markup } from "./layout.js";
import { livePiece } from "./live-view.js";
import { nameInWords } from "./sentences.js";

/** There is one of each for each tag. */
export function formOf(action: string, tag: string): string {
	return action + " " + tag;
}

export function rollOutSection(
	state: RollOutState,
	{ role }: Caller,
	refusal: Refusal | undefined,
): Markup {
	const { product, tag, version } = state;
	const canPause = rollOutOperations.pause.roles.includes(role);
	return html`<section>
		<h2>Roll-out of ${version} as ${tag}</h2>
		<div data-live="roll-out:${product}:${tag}">${rollOutPiece(state)}</div>
		${canPause ? buttons(state, refusal) : ""}
	</section>`;
}

/** What moves. */
export function rollOutPiece(state: RollOutState): Markup {
	const { tag, percent, devices, offered, reasons } = state;
	const { confirmed, underWay, failed } = state;
	const heard = confirmed + underWay + failed;
	const whole = Math.max(offered, heard, 1);
	const waiting = Math.max(offered - heard, 0);
	const text =
		`${confirmed} confirmed, ${underWay} on the way, ${failed} failed, ` +
		`of about ${offered} that are offered it`;
	return livePiece(
		"state",
		html`<p>
				For ${percent} % of the ${devices} ${devices === 1 ? "device that goes" : "devices that go"}
				by ${tag}: about ${offered}.
			</p>
			${chart(text, [
				["confirmed", confirmed / whole],
				["under-way", underWay / whole],
				["failed", failed / whole],
				["waiting", waiting / whole],
			])}
			<ul class="legend">
				<li class="confirmed">${confirmed} confirmed</li>
				<li class="under-way">${underWay} on the way: they have it, and try it</li>
				<li class="failed">${failed} failed</li>
				<li class="waiting">about ${waiting} haven't said anything yet</li>
			</ul>
			${halt(state)} ${reasons.length === 0 ? "" : reasonList(state)}`,
	);
}

function halt({ haltedAt, haltedBy, failed, failurePercent }: RollOutState): Markup {
	if (haltedAt === null) {
		return html`<p class="quiet">It stops by itself when more than ${failurePercent} % fail.</p>`;
	}
	const why =
		haltedBy === "service"
			? `The service stopped it: more than ${failurePercent} % failed, ${failed} in all.`
			: haltedBy === null
				? "It was stopped."
				: `It waits: ${nameInWords(haltedBy)} has paused it.`;
	return html`<p class="bad">${timeText(haltedAt)}: ${why}</p>`;
}

function reasonList({ product, version, reasons }: RollOutState): Markup {
	return html`<ul>
		${reasons.map(
			({ status, message, devices }) =>
				html`<li>
					<a href="${pathOfReporters(product, version, status)}"
						>${devices} ${devices === 1 ? "device" : "devices"}</a
					>: ${message} <span class="quiet">(${status})</span>
				</li>`,
		)}
	</ul>`;
}

type Bar = readonly [kind: string, share: number];

/** A bar in parts; its lengths are attributes, because the page has no style of its own. */
function chart(text: string, bars: readonly Bar[]): Markup {
	let from = 0;
	return html`<svg
		class="chart"
		viewBox="0 0 1000 24"
		preserveAspectRatio="none"
		role="img"
		aria-label="${text}"
	>
		${bars.map(([kind, share]) => {
			const x = from;
			from += share * 1000;
			return html`<rect class="${kind}" x="${round(x)}" width="${round(from - x)}" height="24" />`;
		})}
	</svg>`;
}

function round(value: number): string {
	return value.toFixed(1);
}

function buttons(state: RollOutState, refusal: Refusal | undefined): Markup {
	const { product, tag, percent, haltedAt } = state;
	const path = `/products/${encodeURIComponent(product)}/tags/${tag}/`;
	const simple = (action: string, label: string) =>
		html`<form method="post" action="${path}${action}">
			${submit(formOf(action, tag), refusal, label)}
		</form>`;
	return html`<div class="actions">
		${haltedAt === null ? simple("pause", "Pause") : simple("resume", "Resume")}
		<form method="post" action="${path}share">
			${field(formOf("share", tag), "percent", "Share of the devices, in percent", refusal, {
				value: String(percent),
				type: "number",
			})}
			${submit(formOf("share", tag), refusal, "Set the share")}
		</form>
		${simple("untag", "Take the tag away")}
	</div>`;
}
