/** Words of a command line, so that a shell takes them as they are. */

const plain = /^[\w@%+=:,./-]+$/;

/** A word as a person has to type it: in quotes where a shell would see more in it. */
export function shellWord(text: string): string {
	return plain.test(text) ? text : "'" + text.replaceAll("'", "'\\''") + "'";
}
