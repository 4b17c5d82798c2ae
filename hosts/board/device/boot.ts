/** The board's boot ROM, as the program sees it. */

import type { Boot, ResetReason } from "../../../src/host.js";
import { type Call, textFrom } from "./link.js";

const reasons: readonly ResetReason[] = Object.freeze([
	"power",
	"software",
	"panic",
	"watchdog",
	"brown-out",
]);

export class BoardBoot implements Boot {
	readonly canArm = true;
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	get reason(): ResetReason {
		const value = this.call("boot.reason");
		return reasons.find((reason) => reason === value) ?? "power";
	}

	get slot(): string {
		return textFrom(this.call("boot.slot")) ?? "";
	}

	get isOnTrial(): boolean {
		return this.call("boot.isOnTrial") === true;
	}

	arm(): void {
		this.call("boot.arm");
	}

	confirm(): void {
		this.call("boot.confirm");
	}
}
