/** The keys of a service whose processes have nothing in common but their database. */

import { certificatePem, parseCredential, privateKeyPem } from "./credential.js";
import type { CredentialStore } from "./server-identity.js";

/** The store of the credential of this name. */
export function credentialRow(name: "ca" | "server" | `ca-${number}`): CredentialStore {
	return {
		async read(database) {
			const rows = database.selectFrom("credentials").selectAll();
			const row = await rows.where("name", "=", name).executeTakeFirst();
			return row && parseCredential(row.certificate, row.privateKey);
		},
		async write(database, credential) {
			const values = {
				privateKey: privateKeyPem(credential.privateKey),
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
