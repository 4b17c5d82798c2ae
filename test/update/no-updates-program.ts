/** The device program of a board behind another processor, which sees to its firmware too. */

import { boardHost } from "../../hosts/board/device/host.js";
import { type Call, Mailbox, type Receive } from "../../hosts/board/device/link.js";
import { run } from "../../src/run-no-updates.js";
import faultyApp from "../device/faulty-app.js";

export default function start(call: Call): Receive {
	const mailbox = new Mailbox();
	run(boardHost({ call, mailbox }), faultyApp);
	return (name, first, second, third) => mailbox.deliver(name, first, second, third);
}
