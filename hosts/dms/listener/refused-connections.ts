/** Counts the connections that are refused, and logs them: a line a second at most. */

import type { Log, RefusedEntry } from "../log.js";

const logMilliseconds = 1_000;

export type RefuseConnection = (limit: RefusedEntry["limit"], client?: string) => void;

export function createRefusedConnections(log: Log): RefuseConnection {
	let connections = 0;
	let last: Pick<RefusedEntry, "limit" | "client"> | undefined;
	let timer: NodeJS.Timeout | undefined;
	const tell = (): void => {
		timer = undefined;
		if (last === undefined || connections === 0) return;
		log({ kind: "refused", connections, ...last });
		connections = 0;
		timer = setTimeout(tell, logMilliseconds).unref();
	};
	return (limit, client) => {
		connections++;
		last = { limit, client };
		if (timer === undefined) tell();
	};
}
