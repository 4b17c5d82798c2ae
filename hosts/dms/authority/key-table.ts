/** The keys of a service whose processes have nothing in common but their database. */

import { certificatePem } from "./credential.js";
import { credentialOf, type KeyName, keyText } from "./key-text.js";
import type { CredentialStore } from "./server-identity.js";

/** The store of the credential of this name. */
export function credentialRow(name: KeyName): CredentialStore {
	return {
		async read(database) {
			const rows = database.selectFrom("credentials").selectAll();
			const row = await rows.where("name", "=", name).executeTakeFirst();
			return row && credentialOf(name, row.certificate, row.privateKey);
		},
		async write(database, credential) {
			const values = {
				privateKey: keyText(name, credential),
				certificate: certificatePem(credential.certificate),
			};
			await database
				.insertInto("credentials")
				.values({ name, ...values })
				.onConflict((conflict) => conflict.column("name").doUpdateSet(values))
				.execute();
		},
	};
}
