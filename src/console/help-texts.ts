/** What the device's own commands do, and what its variables are. */

/** A line for each: its name, a space and its sentence. As one text they take one slot of flash. */
const texts = `
help says what there is to type, and what it does
describe prints all commands and variables with their limits, as JSON
get shows a variable, a group such as wlan, or all
set changes a variable; \`save\` keeps it over a reset
save keeps all settings over a reset, or under a name for \`load\`
load goes back to the settings that were saved, or to those of that name
file_delete deletes the settings that were saved under that name
version shows product, build, library and board
why says why the device is where it is, and what to do next
ls lists what is kept in flash
setup_web says that set-up has no network of its own: a browser does it over this line
sleep takes no power for system.wakeup.timeout seconds, then resets
reboot resets the device; what was not saved is lost
factory_reset wipes the settings, a token, the time, and releases the owner; the identity stays
dms_provision gets the device its identity, with this token or the one that is set
dms_claim makes the user who issued the token the owner
dms_activate ties the device to a product, whose firmware it gets from then on
dms_forget forgets who the device is, for good: key, certificate and token; the settings stay
network_up joins the network that is set, or with -s one that you choose
network_down leaves the network
network_restart leaves the network and joins it again
network_verify tries to join with what is set, and leaves the network if it was down
network_lookup finds the address of a name
ping says how long somebody takes to answer
wlan_scan lists the networks in the air, with -v also their security
wlan_get_rssi shows the strength of the network's signal in dBm
stream_read reads bytes of a stream; at its end, none
stream_poll says 1 when there is something to read, 2 at the end
stream_list lists the streams that are open
stream_close closes a stream, or all
dfu_query asks whether there is an update for this device
dfu_update installs the update for this device, or that version of its firmware
ota is dfu_update, as it was called before
faults_print shows how often in a row the device has failed, and how
faults is faults_print or faults_reset
force_safemode resets, and goes on without the app until faults_reset, for a day at most
faults_reset forgets the faults; the next start is with the app again
dms.host where the service is, host or host:port; by default where the token says
system.uuid who the device is: 40 hexadecimal digits
dms.interface the network interface that leads to the service
dms.certificate.end when the device's certificate ends, which it renews long before; in UTC
dms.provision.status 0 no token, 1 token held, 2 not acknowledged, 3 provisioned
dms.provision.token the provisioning token to use; it can't be read back
wlan.ssid name of the network to join
wlan.passkey the network's passkey; it can't be read back
wlan.auto_join.enabled join the network after a reset, and when it was lost
wlan.auto_join.retries quick tries after the first, 0 for always; \
then the waits get longer, up to 4 minutes
wlan.auto_join.retry_delay seconds between two tries
wlan.hostname what the network calls this device; by default opendms and the end of its MAC address
wlan.dhcp.enabled take the address from the network; else wlan.static is used
wlan.static.ip the device's fixed address, without DHCP
wlan.static.gateway the way out of the network, without DHCP
wlan.static.netmask which addresses are in the network, without DHCP
wlan.static.dns who knows the addresses of names, without DHCP; 0.0.0.0 for the gateway
network.default_interface the network interface of all traffic
wlan.bssid MAC address of the access point; none when no network is joined
wlan.mac the device's own MAC address
wlan.network.ip the device's IPv4 address
wlan.network.gateway the way out of the network
wlan.network.netmask which addresses are in the network
wlan.network.dns who knows the addresses of names
wlan.network.status 0 down, 1 associated, 2 up
softap.dns_server.enabled this device has no network of its own; hosts switch its parts off
wlan.security the security of the network is found out
system.cmd.echo show what is typed
system.cmd.header_enabled begin each reply with its result and length
system.cmd.prompt_enabled show a prompt where a command can be typed
system.cmd.buffered keep long replies for \`read\`, and answer <handle>,<length>
system.print_level what of the log is printed
stream.auto_close close a stream that has been read to its end
system.cmd.format sets echo, header, prompt and print level for people or machines
system.wakeup.timeout seconds after which \`sleep\` ends; 0 for never
system.name what people call this device
system.version product, build, library and board
system.memory.usage how much of the memory is in use, in percent; empty where that is not known
time.rtc date and time in UTC; empty until the service has said it
time.uptime seconds since the last reset
dfu.logs_enabled show every percent of a download
dfu.poll_enabled ask for updates, and install them, as often as the service wants; \
from the next reset on
dfu.status how the last update since the reset stands; PROTOCOL.md has the numbers
dms.bundle_id UUID of the bundle that runs; none for one that came by cable
system.safemode.status 1 when the device does without its app, because that has failed too often
`;

/** The sentence of a row of the device's own, by its name. */
export function helpOf(name: string): string | undefined {
	const line = texts.indexOf("\n" + name + " ");
	if (line < 0) return undefined;
	const start = line + name.length + 2;
	return texts.slice(start, texts.indexOf("\n", start));
}
