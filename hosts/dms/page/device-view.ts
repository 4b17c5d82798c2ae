/** What is known of one device, and what has happened to it. */

import { html } from "hono/html";
import type { Device, DeviceDetails } from "../administration/devices.js";
import type { UpdateOutlook } from "../administration/update-outlook.js";
import { deviceOperations } from "../api/operations/devices.js";
import { timeText } from "../json.js";
import type { Service } from "../service.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { stateOf } from "./devices.js";
import { type Asker, performAs } from "./exchange.js";
import { facts, type Markup, shown, table } from "./layout.js";
import { livePiece } from "./live-view.js";
import { sentenceOf } from "./sentences.js";

export interface DeviceNow {
	readonly device: DeviceDetails;
	readonly outlook: UpdateOutlook;
}

export async function readDevice(service: Service, asker: Asker, uuid: string): Promise<DeviceNow> {
	const { show, outlook } = deviceOperations;
	return {
		device: await performAs<DeviceDetails>(service, asker, show, { uuid }),
		outlook: await performAs<UpdateOutlook>(service, asker, outlook, { uuid }),
	};
}

/** What moves. */
export function devicePieces({ device, outlook }: DeviceNow): [string, Markup][] {
	return [
		["facts", livePiece("facts", factsOf(device))],
		["outlook", livePiece("outlook", outlookView(device, outlook))],
	];
}

function factsOf(device: DeviceDetails): Markup {
	const end = device.certificates.at(-1)?.expiresAt;
	return facts({
		Name: shown(device.name),
		UUID: html`<code>${device.uuid}</code>`,
		State: stateOf(device),
		Owner: shown(device.owner),
		Product: shown(device.product),
		Version: shown(device.version),
		Platform: shown(device.platform),
		Tag: shown(device.tag),
		Pin: shown(device.pin),
		Hardware: html`<code>${shown(device.hardware)}</code>`,
		...(device.otherHardware !== null && {
			"Came with other hardware too": html`<code>${shown(device.otherHardware)}</code>`,
		}),
		"First seen": timeText(device.firstSeenAt),
		"Last seen": timeText(device.lastSeenAt),
		"Certificate until": end === undefined ? "-" : timeText(end),
	});
}

/** Why it is where it is. */
function outlookView({ version }: Device, outlook: UpdateOutlook): Markup {
	const next = outlook.version === null ? "" : ` That is ${outlook.version}.`;
	const [last] = outlook.reports;
	return html`<h2>Updates</h2>
		<p>It runs ${shown(version)}. ${outlook.message}${next}</p>
		${
			last === undefined
				? ""
				: html`<p>
						Last, it said of ${last.version}: ${last.message} (${timeText(last.reportedAt)})
					</p>`
		}`;
}

/** Entries of the audit log and what the device has reported, newest first. */
export function timeline(
	{ device, outlook }: DeviceNow,
	entries: readonly StoredAuditEntry[] | undefined,
): Markup {
	const reported = outlook.reports.map(({ reportedAt, product, version, message, status }) => ({
		time: reportedAt,
		text: html`Of version ${version} of ${shown(product)} it said: ${message}
			<span class="quiet">(${status})</span>`,
	}));
	const noted = (entries ?? []).map((entry) => {
		const text = sentenceOf(entry, "device:" + device.uuid);
		return {
			time: entry.time,
			text: entry.rule === "" ? text : html`<span class="bad">${text}</span>`,
		};
	});
	const rows = [...reported, ...noted.reverse()].sort((one, other) => other.time - one.time);
	return table(
		["When", "What"],
		rows.map(({ time, text }) => [timeText(time), text]),
	);
}
