/** The keys of a service whose processes have nothing in common but their database. */

import type { Database } from "../storage/schema.js";
import { certificateIn, certificatePem, type Credential } from "./credential.js";
import { credentialOf, type KeyName, keyText } from "./key-text.js";
import type { CredentialStore } from "./server-identity.js";

export interface CredentialRows extends CredentialStore {
	/** Without the key, where that isn't there. */
	writeCertificate(database: Database, of: Pick<Credential, "certificate">): Promise<void>;
}

/** The store of the credential of this name. */
export function credentialRow(name: KeyName): CredentialRows {
	const put = async (database: Database, certificate: Uint8Array, privateKey: string) => {
		const values = { privateKey, certificate: certificatePem(certificate) };
		await database
			.insertInto("credentials")
			.values({ name, ...values })
			.onConflict((conflict) => conflict.column("name").doUpdateSet(values))
			.execute();
	};
	const rowIn = (database: Database) =>
		database.selectFrom("credentials").selectAll().where("name", "=", name).executeTakeFirst();
	return {
		async read(database) {
			const row = await rowIn(database);
			return row && credentialOf(name, row.certificate, row.privateKey);
		},
		readCertificate: async (database) => certificateIn((await rowIn(database))?.certificate),
		async forgetKey(database) {
			const changed = database.updateTable("credentials").set({ privateKey: "" });
			await changed.where("name", "=", name).execute();
		},
		write: (database, credential) =>
			put(database, credential.certificate, keyText(name, credential)),
		writeCertificate: (database, { certificate }) => put(database, certificate, ""),
	};
}
