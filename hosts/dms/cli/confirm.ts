/** A question before what can't be taken back. */

import type { Command } from "commander";
import { OperatorError } from "../operator-error.js";
import type { Terminal } from "./terminal.js";

export interface ConfirmOptions {
	readonly yes?: boolean;
}

export const yesOption = ["--yes", "do it without asking"] as const;

/**
 * Asks a person whether he means it: `what` is a sentence that says what comes of it. Where nobody
 * can be asked, `--yes` has to say it.
 */
export async function confirm(command: Command, terminal: Terminal, what: string): Promise<void> {
	const { yes = false } = command.opts<ConfirmOptions>();
	if (yes) return;
	if (await isAgreed(terminal, what)) return;
	throw new OperatorError("usage", what + " Say that you mean it: --yes");
}

/** The same for what scripts may do without `--yes`: it can be stopped. */
export async function confirmIfAsked(
	command: Command,
	terminal: Terminal,
	what: string,
): Promise<void> {
	const { yes = false } = command.opts<ConfirmOptions>();
	if (!yes) await isAgreed(terminal, what);
}

/** `false` where nobody can be asked; who doesn't agree ends the command. */
async function isAgreed(terminal: Terminal, what: string): Promise<boolean> {
	const answer = await terminal.ask(what + " Go on? (y/N) ");
	if (answer === undefined) return false;
	if (/^\s*y(es)?\s*$/i.test(answer)) return true;
	throw new OperatorError("usage", "Nothing was done.");
}
