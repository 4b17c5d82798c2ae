/** A processor beside the device: it talks in machine format, and sees no echo and no prompt. */

import type { World } from "./world.js";

/** Turns the board on, and has it talk in machine format. */
export async function powerOn({ terminal, board, clock }: World): Promise<void> {
	terminal.transcript = "";
	board.powerOn();
	await clock.runUntil(() => terminal.transcript.includes("[Ready]"));
	terminal.send("set system.cmd.format machine");
	await clock.run(100);
}

/** The error digit and what follows the head, of all that a line is answered. */
export async function ask({ terminal, clock }: World, line: string): Promise<[string, string]> {
	terminal.transcript = "";
	terminal.send(line);
	const reply = (): RegExpExecArray | null => /^R(\d)(\d{5})\r\n([^]*)$/.exec(terminal.transcript);
	await clock.runUntil(() => reply()?.[3]?.length === Number(reply()?.[2] ?? NaN));
	const [, digit = "", , answer = ""] = reply() ?? [];
	return [digit, answer.trimEnd()];
}
