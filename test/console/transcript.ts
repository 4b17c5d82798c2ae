/** A session at the console as text, and how to play it. */

import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { prepareService, type Tokens } from "../journey/journey.js";
import { inWorld, type World } from "../journey/world.js";

/** Stands before a line that is typed; the lines after it are what the device says. */
const typedMark = "→ ";
const isLong =
	/^(dms_|dfu_|nup|network_|nre|nve|scan|wlan_scan|ping|nlo|reboot|sleep|fac|force_|ota|correct)/;
const longMilliseconds = 30_000;
/** The longest reply takes 1.4 s on the line. */
const shortMilliseconds = 2500;
/** The same board with the same keys each time. */
const seed = 5;

export interface Exchange {
	readonly typed: string;
	readonly said: string;
}

export function parseTranscript(text: string): Exchange[] {
	return text
		.split("\n" + typedMark)
		.slice(1)
		.map((part) => {
			const end = part.indexOf("\n");
			return { typed: part.slice(0, end), said: part.slice(end + 1).replace(/\n$/, "") };
		});
}

export function formatTranscript(subject: string, exchanges: readonly Exchange[]): string {
	const parts = exchanges.map(({ typed, said }) => "\n" + typedMark + typed + "\n" + said + "\n");
	return subject + "\n" + parts.join("");
}

/** Types the lines at a new device, each when the one before has been answered. */
export async function play(
	processor: ProcessorKind,
	lines: readonly string[],
): Promise<readonly Exchange[]> {
	const exchanges: Exchange[] = [];
	await inWorld({ processor, seed }, async (world) => {
		const tokens = await prepareService(world);
		await world.terminal.powerOn();
		for (const typed of lines) exchanges.push({ typed, said: await say(world, tokens, typed) });
	});
	return exchanges;
}

async function say(world: World, tokens: Tokens, typed: string): Promise<string> {
	const { terminal, clock, board } = world;
	const start = terminal.transcript.length;
	const line = typed
		.replace("{provisioning}", tokens.provisioning)
		.replace("{claim}", tokens.claim)
		.replace("{mac}", board.mac);
	terminal.send(line);
	await clock.run(isLong.test(typed) ? longMilliseconds : shortMilliseconds);
	return visible(terminal.transcript.slice(start));
}

/** Without what differs from build to build, and with control characters that can be seen. */
function visible(text: string): string {
	return text
		.replaceAll("\r\n", "\n")
		.replaceAll("\r", "␍")
		.replaceAll("\x1b", "␛")
		.replaceAll("\x07", "␇")
		.replaceAll("\b", "␈")
		.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, opendms/g, "<built>, opendms");
}
