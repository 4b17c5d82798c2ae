/**
 * The console of a whole firmware: a line editor for people, and between lines the frames of a
 * browser that sets up the Wi-Fi.
 */

import { inBackground } from "../background.js";
import type { Device } from "../device.js";
import { byteAt, concatenate } from "../encoding/bytes.js";
import { visible } from "../encoding/visible.js";
import type { Timer } from "../host.js";
import { Improv } from "../improv/improv.js";
import { LineEditor } from "../terminal/line-editor.js";
import type { Completion, EditorOwner } from "../terminal/owner.js";
import { complete } from "./completion.js";
import { Console } from "./console.js";
import { beginningLength, frameLetters, matchedWith } from "./frame-beginning.js";
import type { FrameOwner } from "./line-input.js";
import { secretStart } from "./secrets.js";
import { echo, hasHeader, hasPrompt } from "./variables/console-variables.js";

const prompt = "> ";
const lineEnd = "\r\n";

export class TerminalConsole extends Console<LineEditor> implements EditorOwner, FrameOwner {
	/** Made when the first frame begins. */
	private improv: Improv | undefined;
	/** How many bytes of a frame's beginning have come. */
	private matched: number;

	constructor(device: Device) {
		super(device);
		this.matched = 0;
	}

	protected override newInput(): LineEditor {
		return new LineEditor(this);
	}

	protected override begin(question?: string): void {
		if (question !== undefined) this.input.begin(visible(question), this.is(echo));
		else this.input.begin(this.is(hasPrompt) ? prompt : "", this.is(echo), this.is(hasHeader));
	}

	get timer(): Timer {
		return this.device.host.timer;
	}

	write(text: string | Uint8Array): void {
		this.output.write(text);
	}

	secretStart(line: string): number | undefined {
		if (this.asking !== undefined) return this.asking.isSecret ? 0 : undefined;
		return secretStart(this.device, line);
	}

	complete(line: string): Completion {
		return this.asking === undefined ? complete(this.device, line) : { text: "" };
	}

	/** Above the line that is being typed. */
	protected override logNow(line: string): void {
		if (this.isBusy) return this.writeLine(line);
		this.held = [line];
		this.input.whenMeasured(() => this.logHeld());
	}

	private logHeld(): void {
		const { held = [] } = this;
		this.held = undefined;
		this.input.hide();
		for (const line of held) this.writeLine(line);
		this.input.show();
	}

	protected override tear(): void {
		this.input.tear();
		this.improv?.tear();
	}

	protected override take(bytes: Uint8Array): number {
		let offset = 0;
		while (offset < bytes.length && !this.isBusy && !this.input.hasLine) {
			if (this.improv?.take(byteAt(bytes, offset))) {
				offset++;
				continue;
			}
			const end = this.frameIn(bytes, offset);
			offset += this.input.take(bytes.subarray(offset, end));
			if (offset === end && this.matched === beginningLength) offset += this.beginFrame();
			if (this.input.hasLine) this.matched = 0;
		}
		return offset;
	}

	/** Where the last byte of a frame's beginning is, or the end of what has come. */
	private frameIn(bytes: Uint8Array, start: number): number {
		for (let offset = start; offset < bytes.length; offset++) {
			this.matched = matchedWith(byteAt(bytes, offset), this.matched);
			if (this.matched === beginningLength) return offset;
		}
		return bytes.length;
	}

	/** What came before the frame stays: a line that is half typed, or noise. */
	private beginFrame(): number {
		this.matched = 0;
		this.input.takeBack(Uint8Array.from(frameLetters));
		this.improv ??= new Improv(this.device, this);
		this.improv.begin();
		return 1;
	}

	/** Browsers look for frames at the beginning of a line only. */
	sendFrame(frame: Uint8Array): void {
		this.output.write(lineEnd);
		this.output.write(frame);
	}

	/**
	 * Nothing is read until a frame is answered; then first what turned out to be no frame. The line
	 * that was being typed is shown again.
	 */
	afterFrame(answered: Promise<Uint8Array | void>): void {
		this.isBusy = true;
		const goOn = (lines: Uint8Array | void): void => {
			this.isBusy = false;
			this.input.show();
			if (lines) this.ahead = concatenate(lines, this.ahead ?? new Uint8Array(0));
			this.read();
		};
		inBackground(this.device.host, answered.then(goOn));
	}
}
