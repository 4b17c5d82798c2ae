/** One end of a serial line to a device: a stream of Node's, or a port of a browser's. */

export interface Line {
	/** Sends a text; one that can't be sent is lost, as on a cable. */
	write(text: string): void;
	/** Hears the bytes that come, and once that no more will. */
	listen(onBytes: (bytes: Uint8Array) => void, onLost: () => void): void;
	close(): Promise<void>;
}
