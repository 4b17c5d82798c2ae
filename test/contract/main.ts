/** Plays one row of the contract on the board; see contract.test.ts. */

import { boardHost } from "../../hosts/board/device/host.js";
import {
	type Call,
	Mailbox,
	numberFrom,
	type Receive,
	type Receiver,
	textFrom,
	type Value,
} from "../../hosts/board/device/link.js";
import type { Host } from "../../src/host.js";
import type { Assignment } from "./assignment.js";
import { remoteSurroundings } from "./remote.js";
import { play } from "./row.js";
import { tables } from "./tables.js";
import { wrongHosts } from "./wrong.js";

/** Speaks to the board's `contract`, which gives the assignment and takes the outcome. */
class Player implements Receiver {
	readonly #call: Call;
	readonly #host: Host;
	readonly #waiting = new Map<number, (answer: unknown) => void>();
	#last = 0;

	constructor(call: Call, host: Host) {
		this.#call = call;
		this.#host = host;
	}

	receive(id: Value, answer: Value): void {
		this.#waiting.get(numberFrom(id))?.(JSON.parse(textFrom(answer) ?? "null"));
	}

	async play(): Promise<void> {
		const text = textFrom(this.#call("contract.assignment"));
		const assignment = JSON.parse(text ?? "null") as Assignment;
		const row = tables[assignment.port][assignment.row];
		if (row === undefined) throw new Error("no such row");
		const around = remoteSurroundings(assignment.offers, (question) => {
			const id = ++this.#last;
			this.#call("contract.ask", id, JSON.stringify(question));
			return new Promise((resolve) => void this.#waiting.set(id, resolve));
		});
		const make = wrongHosts[assignment.port][assignment.wrong ?? ""];
		const host = make === undefined ? this.#host : make(this.#host);
		const { kind, why } = await play(row, assignment.isAfterReset, host, around);
		this.#call("contract.end", kind, why);
	}
}

export default function start(call: Call): Receive {
	const mailbox = new Mailbox();
	const player = new Player(call, boardHost({ call, mailbox }));
	mailbox.open("contract", player);
	player.play().catch(() => undefined); // The reset has come: nobody is there to be told.
	return (name, first, second, third) => mailbox.deliver(name, first, second, third);
}
