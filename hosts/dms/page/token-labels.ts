/** New tokens, each as a label that can be printed: a QR code, and the text of it. */

import { html } from "hono/html";
import type { NewToken } from "../administration/new-tokens.js";
import { timeText } from "../json.js";
import type { Fields } from "./exchange.js";
import { type Markup, shown } from "./layout.js";
import { qrCode } from "./qr-code.js";

export function labels(kind: string, made: readonly NewToken[], fields: Fields): Markup {
	const command = kind === "provisioning" ? "dms_provision" : "dms_claim";
	const whose = [fields.user, fields.product].filter((text) => text !== undefined);
	return html`<p class="screen" role="status">
			They are shown only now: whoever has one can use it. On the device:
			<code>${command} TOKEN</code>. When you print this page, only the labels are on the paper.
		</p>
		<ul class="labels">
			${made.map(
				({ token, id, expiresAt }) =>
					html`<li>
						${qrCode(token, "QR code of token " + id)}
						<p><code>${token}</code></p>
						<p class="quiet">
							${kind} ${id}${whose.length === 0 ? "" : ", " + shown(whose.join(", "))}, until
							${timeText(expiresAt).slice(0, 10)}
						</p>
					</li>`,
			)}
		</ul>
		<p class="screen"><a href="/tokens">All tokens</a></p>`;
}
