/**
 * Whose NVS is: 24 KiB have 630 entries of 32 bytes, and a value takes two and one for each 32
 * bytes. While one is written the old value is still there.
 *
 *     settings   2 copies of 2,508 bytes       162
 *     identity   2 copies of 1,536 at most     100
 *     update     2 copies of 2,000 at most     130
 *     faults     2 copies of 64                  8
 *     the longest of them, while it is written  81
 *     the namespace                              1
 *     the app                                  140
 *     what pages can't use to the last entry     8
 */

/** The namespace of all records in flash. */
export const storagePath = "opendms";

/**
 * Entries for all other namespaces together, heads and the value being written included: a host
 * refuses what is more, so that an app can't take the room of identity and updates.
 */
export const appEntries = 140;

/** How many entries a value of so many bytes takes: its index, its head, and its bytes. */
export function entriesOf(byteLength: number): number {
	return 2 + Math.ceil(byteLength / 32);
}
