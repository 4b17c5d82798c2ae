/** Why the device is where it is, and what to do next: in a sentence or two, for a person. */

import type { Device } from "../device.js";
import type { Step } from "../dms/decisions.js";
import { ProvisionStatus } from "../dms/provision-status.js";
import { isOfNetwork } from "../network/join.js";
import { DmsResult, sentenceOf } from "../protocol/result.js";
import { ssid } from "./variables/network-variables.js";

const closedStorageSentence =
	"The storage can't be used since the last reset, so the device doesn't know who it is. Reboot. " +
	"If it stays so: dms_forget <MAC> empties it, and the device is as new.";

/** Of a device that takes no updates: it has no need to keep its product. */
const onlyServiceKnowsSentence =
	"The device is provisioned. Whose it is, and on which product, only the service knows.";

export function why(device: Device): string {
	const state = stateOf(device);
	const trouble = networkTrouble(device);
	return trouble === "" || state.includes(trouble) ? state : state + " " + trouble;
}

function stateOf(device: Device): string {
	const { dms, faults } = device;
	if (faults.isConsoleOnly) {
		return "The device does nothing: it fails without its app too. Next: faults_print";
	}
	if (device.isStorageClosed) return closedStorageSentence;
	if (dms.isUnreadable) return sentenceOf(DmsResult.StorageFailed);
	if (faults.isForced) {
		return "The device does without its app, as asked for. Next: faults_reset, reboot";
	}
	if (faults.isSafeMode) {
		return "The device does without its app, which has failed too often. Next: faults_print";
	}
	switch (dms.provisionStatus) {
		case ProvisionStatus.IncompleteAndNoToken:
			return "The device is not provisioned because it has no token. Next: dms_provision <token>";
		case ProvisionStatus.IncompleteAndHaveToken: {
			const untried = "Its token has not been used yet. Next: dms_provision";
			return "The device is not provisioned. " + reason(device, "provision", untried);
		}
		case ProvisionStatus.CompleteButNoAck: {
			const state =
				"The device has its identity, but the service does not know yet that it is kept.";
			return state + " " + reason(device, "provision", "Next: dms_provision");
		}
		case ProvisionStatus.Complete:
			if (dms.isLockedOut) return sentenceOf(DmsResult.DeviceLocked);
			return whyProvisioned(device) + whyNotRenewed(device);
	}
}

function whyProvisioned(device: Device): string {
	const { dfu } = device;
	const { decisions } = device.dms;
	const product = decisions.product || dfu?.product || "";
	if (product !== "") {
		const owner = decisions.owner === "" ? "" : ", and claimed by " + decisions.owner;
		const update = dfu?.sentence ?? "";
		return "The device is activated to " + product + owner + "." + (update && " " + update);
	}
	if (decisions.owner !== "") {
		const untried = "No product has been chosen. Next: dms_activate <product code>";
		const state = "The device is claimed by " + decisions.owner + ", but not activated.";
		return state + " " + reason(device, "activate", untried);
	}
	const state = "The device is not activated, as far as it knows";
	const claim = reason(device, "claim", "");
	const activate = reason(device, "activate", claim);
	if (activate !== "") return state + ". " + activate;
	if (dfu === undefined) return onlyServiceKnowsSentence;
	return state + ", because nobody has claimed it. Next: dms_claim <token>";
}

/** A certificate that has ended keeps the device from nothing here, but others may refuse it. */
function whyNotRenewed({ dms }: Device): string {
	const { certificateEnd } = dms;
	if (certificateEnd === 0 || certificateEnd >= dms.time) return "";
	return " Its certificate has ended: it renews that by itself once the service answers.";
}

/** Why a step failed when it was last tried; `otherwise` when nobody has tried since the reset. */
function reason(device: Device, step: Step, otherwise: string): string {
	const result = device.dms.decisions[step];
	if (result === undefined || result === DmsResult.Success) return otherwise;
	if (!isOfNetwork(result) && result !== DmsResult.NetworkNotSet) return sentenceOf(result);
	const isUnset = device.settings.get(ssid.name) === "" && !device.network.isUp;
	return isUnset ? sentenceOf(DmsResult.NetworkNotSet) : networkTrouble(device) || otherwise;
}

/** What keeps the network away now, whatever it was when a step was tried; empty when it is up. */
function networkTrouble({ network }: Device): string {
	const { failure, isUp } = network;
	return failure === undefined || isUp ? "" : sentenceOf(failure);
}
