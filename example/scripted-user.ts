/** Somebody at a board's console who types lines and waits for the answers. */

import type { Board } from "../hosts/board/board.js";

const prompt = "> ";
/** The longest answer is that of a device that tries three times to reach a service. */
const patienceMilliseconds = 60_000;

/** Where a secret begins in a line that is typed in full. */
const secretStart =
	/^(dms_provision|dms_claim|commission|set (wlan\.passkey|dms\.provision\.token)) +/;

/** What the device shows of a line while it is being typed. */
export function echoOf(line: string): string {
	const [open] = secretStart.exec(line) ?? [line];
	return open + "*".repeat([...line.slice(open.length)].length) + "\r\n";
}

export class ScriptedUser {
	readonly #onText: (text: string) => void;
	#board: Board | undefined;
	#heard = "";
	#check: () => void = () => undefined;
	#interrupt: (reason: unknown) => void = () => undefined;

	/** `onText` hears all that the device says. */
	constructor(onText: (text: string) => void) {
		this.#onText = onText;
	}

	readonly listen = (bytes: Uint8Array): void => {
		const text = Buffer.from(bytes).toString();
		this.#onText(text);
		this.#heard += text;
		this.#check();
	};

	/** Turns the board on; resolves when its console is ready. */
	async powerOn(board: Board): Promise<void> {
		this.#board = board;
		board.powerOn();
		await this.#wait(() => this.#heard.endsWith(prompt));
	}

	/** Types a line; resolves with the answer, without its last line end. */
	async type(line: string): Promise<string> {
		this.#heard = "";
		this.#board?.uart.input(Buffer.from(line + "\r"));
		const echo = echoOf(line);
		await this.#wait(
			() => this.#heard.length > echo.length && this.#heard.endsWith("\r\n" + prompt),
		);
		return this.#heard.slice(echo.length, -prompt.length).trimEnd();
	}

	/** Types a line; resolves with all that the device has said when that `isDone`, and a prompt. */
	async typeUntil(line: string, isDone: (heard: string) => boolean): Promise<string> {
		this.#heard = "";
		this.#board?.uart.input(Buffer.from(line + "\r"));
		await this.#wait(() => isDone(this.#heard) && this.#heard.endsWith(prompt));
		return this.#heard;
	}

	/** Whatever is waited for now will not come: that rejects with the reason. */
	interrupt(reason: unknown): void {
		this.#interrupt(reason);
	}

	#wait(isDone: () => boolean): Promise<void> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				reject(new Error("the device has not answered; it said: " + this.#heard));
			}, patienceMilliseconds);
			this.#interrupt = (reason) => {
				clearTimeout(timer);
				reject(reason);
			};
			this.#check = () => {
				if (!isDone()) return;
				clearTimeout(timer);
				this.#check = () => undefined;
				resolve();
			};
			this.#check();
		});
	}
}
