/** The device program of a board that only another processor talks to. */

import { boardHost } from "../../hosts/board/device/host.js";
import { type Call, Mailbox, type Receive } from "../../hosts/board/device/link.js";
import { run } from "../../src/run-machine.js";

export default function start(call: Call): Receive {
	const mailbox = new Mailbox();
	run(boardHost({ call, mailbox }));
	return (name, first, second, third) => mailbox.deliver(name, first, second, third);
}
