/** Whose DMS it is, and what its owner has set. */

/** What the owner of the device has set, and the calls go by. */
export interface DmsSettings {
	/** Where the service is, if not where the token says; empty for there. */
	readonly host: string;
	/** A UUID of the device's own, for tokens that ask for one; empty for none. */
	readonly uuid: string;
}

/** Whose DMS it is. */
export interface DmsOwner {
	/** What is set at this moment. */
	readonly dmsSettings: DmsSettings;
	/** The device is on a product now; `key` is the product's key statement, if it came along. */
	onProduct(product: string, key: Uint8Array | undefined): void;
}
