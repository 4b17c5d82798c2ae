/** The pages, as HTML of what the operations have answered. */

import { html } from "hono/html";
import type { Bundle } from "../administration/bundles.js";
import type { Device, DeviceDetails } from "../administration/devices.js";
import type { Product } from "../administration/products.js";
import { deviceOperations } from "../api/operations/devices.js";
import { timeText } from "../json.js";
import type { Caller } from "../people/caller.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import type { Fields } from "./exchange.js";
import { failure, facts, type Markup, shown, table } from "./layout.js";

/** `provider` is where an identity provider logs people in, if one does. */
export function logInForm(
	{ name = "" }: Fields,
	problem: string | undefined,
	provider: string | undefined,
): Markup {
	return html`${failure(problem)}
		<form method="post" action="/log-in">
			<label for="name">Name</label>
			<input id="name" name="name" value="${name}" autocomplete="username" required autofocus />
			<label for="password">Password</label>
			<input
				id="password"
				name="password"
				type="password"
				autocomplete="current-password"
				required
			/>
			<button class="first">Log in</button>
		</form>
		${
			provider === undefined
				? ""
				: html`<p><a href="${provider}">Log in with your organisation's account</a></p>`
		}
		<p class="quiet">
			Forgotten, or never had one? An admin makes you a link: <code>opendms user invite NAME</code>
		</p>`;
}

export function inviteForm({ invite = "" }: Fields, problem?: string): Markup {
	return html`${failure(problem)}
		<form method="post" action="/invite">
			<label for="invite">Invitation (what stands behind the # of your link)</label>
			<input id="invite" name="invite" value="${invite}" autocomplete="off" required />
			<label for="password">New password: 12 letters or more, such as a few words</label>
			<input id="password" name="password" type="password" autocomplete="new-password" required />
			<button class="first">Set it, and log in</button>
		</form>`;
}

export function devicesView(devices: readonly Device[], asked: Fields, limit: number): Markup {
	const last = devices.at(-1);
	const next = new URLSearchParams({ ...asked, after: last?.uuid ?? "" });
	return html`${filters(asked)}
	${table(
		["Device", "State", "Owner", "Product", "Version", "Last seen"],
		devices.map((one) => [
			html`<a href="/devices/${one.uuid}"><code>${one.uuid.slice(0, 12)}</code></a>`,
			stateOf(one),
			shown(one.owner),
			shown(one.product),
			shown(one.version),
			timeText(one.lastSeenAt),
		]),
	)}
	${devices.length < limit ? "" : nextPage("/devices?" + next.toString())}`;
}

function nextPage(path: string): Markup {
	return html`<p><a href="${path}">Next page</a></p>`;
}

function filters(asked: Fields): Markup {
	const { prefix = "", owner = "", product = "", state = "", isLocked = "" } = asked;
	return html`<form class="filters" action="/devices">
		<label>UUID begins with<input name="prefix" value="${prefix}" /></label>
		<label>Owner<input name="owner" value="${owner}" /></label>
		<label>Product<input name="product" value="${product}" /></label>
		<label
			>State ${choice("state", state, { "": "any", issued: "issued", provisioned: "provisioned" })}
		</label>
		<label>Locked ${choice("isLocked", isLocked, { "": "any", true: "yes", false: "no" })}</label>
		<button>Filter</button>
	</form>`;
}

function choice(name: string, value: string, texts: Fields): Markup {
	const options = Object.entries(texts).map(([key, text]) =>
		key === value
			? html`<option value="${key}" selected>${text}</option>`
			: html`<option value="${key}">${text}</option>`,
	);
	return html`<select name="${name}">
		${options}
	</select>`;
}

function stateOf({ state, lockedAt, revokedAt }: Device): string {
	if (revokedAt !== null) return "revoked";
	return lockedAt === null ? state : "locked";
}

export function deviceView(
	device: DeviceDetails,
	entries: readonly StoredAuditEntry[] | undefined,
	caller: Caller,
): Markup {
	const end = device.certificates.at(-1)?.expiresAt;
	return html`${facts({
		UUID: html`<code>${device.uuid}</code>`,
		State: stateOf(device),
		Owner: shown(device.owner),
		Product: shown(device.product),
		Version: shown(device.version),
		Platform: shown(device.platform),
		Tag: shown(device.tag),
		Pin: shown(device.pin),
		Hardware: html`<code>${shown(device.hardware)}</code>`,
		"First seen": timeText(device.firstSeenAt),
		"Last seen": timeText(device.lastSeenAt),
		"Certificate until": end === undefined ? "-" : timeText(end),
	})}
	${actions(device, caller)}
	${
		entries === undefined
			? ""
			: html`<h2>What has happened, newest first</h2>
					${auditTable(entries)}`
	}`;
}

function actions(device: Device, { role }: Caller): Markup {
	const { lock, release } = deviceOperations;
	const canLock = lock.roles.includes(role) && device.revokedAt === null;
	const canRelease = release.roles.includes(role) && device.owner !== null;
	return html`<div class="actions">
		${canLock ? button(device, device.lockedAt === null ? "lock" : "unlock") : ""}
		${canRelease ? releaseButton(device) : ""}
	</div>`;
}

const buttons: Fields = {
	lock: "Lock: refuse all its requests",
	unlock: "Unlock",
	release: "Release from its owner",
};

function button({ uuid }: Device, action: string): Markup {
	return html`<form method="post" action="/devices/${uuid}/${action}">
		<button>${buttons[action] ?? action}</button>
	</form>`;
}

/** Asked twice: only the next owner's token gives it back. */
function releaseButton(device: Device): Markup {
	return html`<details>
		<summary>Release...</summary>
		<p>${shown(device.owner)} doesn't own it any more then.</p>
		${button(device, "release")}
	</details>`;
}

export function productsView(products: readonly Product[]): Markup {
	return table(
		["Product", "Title", "Platform", "Owner", "Lowest version"],
		products.map(({ code, title, platform, owner, floor }) => [
			html`<a href="/products/${encodeURIComponent(code)}">${shown(code)}</a>`,
			...[shown(title), shown(platform), shown(owner), shown(floor)],
		]),
	);
}

export function productView(bundles: readonly Bundle[]): Markup {
	return html`<h2>Bundles, newest first</h2>
		${table(
			["Version", "Tags", "dfu.status reported", "Published"],
			bundles.map((bundle) => [
				shown(bundle.version),
				html`${tagsOf(bundle)}`,
				shown(reportsOf(bundle)),
				timeText(bundle.publishedAt),
			]),
		)}
		<p class="quiet">
			200 is confirmed. 221 and up are images that were taken back; PROTOCOL.md says why.
		</p>`;
}

function tagsOf({ tags, withdrawnAt }: Bundle): Markup | string {
	if (withdrawnAt !== null) return "withdrawn";
	if (tags.length === 0) return "-";
	return html`${tags.map(({ tag, percent, haltedAt }) =>
		haltedAt === null
			? html`${tag}, ${percent} %<br />`
			: html`<span class="bad">${tag}, ${percent} %: stopped ${timeText(haltedAt)}</span><br />`,
	)}`;
}

function reportsOf({ reports }: Bundle): string {
	const texts = Object.entries(reports).map(([status, count]) => `${status}: ${count}`);
	return texts.join(", ");
}

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
