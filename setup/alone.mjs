/** One set-up at a time in a folder: two would remove and write the same files. */

import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../", import.meta.url));

/**
 * Waits until no other set-up runs in this folder; `onWait` hears when there is one. It is a socket
 * with a name and no file, which Linux closes with its process, whatever ends it. Elsewhere nothing
 * is waited for.
 *
 * @param {() => void} onWait
 */
export async function alone(onWait) {
	if (process.platform !== "linux") return;
	const path = "\0opendms-set-up " + folder;
	let isTold = false;
	while (!(await listens(path))) {
		if (!isTold) onWait();
		isTold = true;
		const other = connect({ path }).resume();
		other.on("error", () => {}); // It has ended in between.
		await once(other, "close");
	}
}

/**
 * @param {string} path
 * @returns {Promise<boolean>} whether this process has the name now, or needs none
 */
function listens(path) {
	return new Promise((resolve) => {
		const server = createServer((other) => other.on("error", () => {}).unref());
		server.on("error", (error) => resolve(!("code" in error && error.code === "EADDRINUSE")));
		server.listen({ path }, () => resolve(true)).unref();
	});
}
