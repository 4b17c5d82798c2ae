/** The service's revocation list: signed with each revocation, and anew before it is old. */

import { toHex } from "../../../src/encoding/bytes.js";
import { type Core, timeOf } from "../core.js";
import {
	findRevocationList,
	forgetEnded,
	revokedBy,
	writeRevocationList,
} from "../storage/revocations.js";
import type { Database } from "../storage/schema.js";
import type { RevocationListRow } from "../storage/schema-revocation.js";
import type { Authority } from "./authority.js";

const daySeconds = 86_400;
/** For how long others may go by a list. */
const lifeSeconds = 7 * daySeconds;
/** A service that can't be reached for six days leaves nobody without a good list. */
const renewalSeconds = daySeconds;
/** Clocks differ by so much at most, see PROTOCOL.md section 4. */
const backdatingSeconds = 300;

/** A CA's list to give out now. It is signed anew once a day, when somebody asks for it. */
export async function currentRevocationList(
	core: Core,
	authority = core.authority,
): Promise<RevocationListRow> {
	const time = timeOf(core);
	const held = await findRevocationList(core.database, nameOf(authority));
	if (held !== undefined && (isFresh(held, time) || !authority.hasKey)) return held;
	return core.writer.write(async (database) => {
		const found = await findRevocationList(database, nameOf(authority));
		// Another process may have signed it meanwhile.
		if (found !== undefined && isFresh(found, time)) return found;
		return signList(database, authority, time);
	});
}

/** Signs the lists of all CAs, in the transaction that revokes. */
export async function signLists(
	database: Database,
	{ authorities }: Pick<Core, "authorities">,
	time: number,
): Promise<void> {
	for (const { authority } of authorities.links) {
		if (authority.hasKey) await signList(database, authority, time);
	}
}

async function signList(
	database: Database,
	authority: Authority,
	time: number,
): Promise<RevocationListRow> {
	const name = nameOf(authority);
	// What has ended is on one list more, as RFC 5280 section 3.3 wants it.
	await forgetEnded(database, time - lifeSeconds);
	const number = ((await findRevocationList(database, name))?.number ?? 0) + 1;
	const revoked = await revokedBy(database, name);
	const expiresAt = Math.min(time + lifeSeconds, authority.notAfter);
	const list = authority.signRevocationList({
		...{ number, revoked, thisUpdate: time - backdatingSeconds, nextUpdate: expiresAt },
	});
	const row = { authority: name, number, list, signedAt: time, expiresAt };
	await writeRevocationList(database, row);
	return row;
}

function nameOf({ fingerprint }: Authority): string {
	return toHex(fingerprint);
}

/** One from the future is of a clock that was wrong. */
function isFresh({ signedAt, expiresAt }: RevocationListRow, time: number): boolean {
	return time >= signedAt && time < Math.min(signedAt + renewalSeconds, expiresAt);
}
