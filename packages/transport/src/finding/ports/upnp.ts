// A router that speaks UPnP (Internet Gateway Device, versions 1 and 2). Its description says where it takes orders,
// which are XML over HTTP. Only three tags of that XML matter, so we search for them as text, in linear time.
import { type Gateway, type Mapped, MappingError } from './gateway.ts'
import { lanUrl, requestLan } from './lan-http.ts'

const SERVICES = ['WANIPConnection:1', 'WANIPConnection:2', 'WANPPPConnection:1'].map(
  (name) => `urn:schemas-upnp-org:service:${name}`
)
const DESCRIPTION = 'floodnet'
/** Faults of AddPortMapping: somebody else has the port; this router only makes permanent mappings. */
const CONFLICT = '718'
const PERMANENT_ONLY = '725'

interface Service {
  readonly type: string
  readonly url: URL
}

/** `client`: our own address. @throws MappingError if the device maps no ports */
export async function findUpnp(description: URL, client: string): Promise<Gateway> {
  const { status, text } = await requestLan(description, { method: 'GET' })
  const service = status === 200 ? serviceIn(text, description) : null
  if (service === null) throw new MappingError('gateway-garbled', 'its description names no service that maps ports')
  return {
    protocol: 'upnp',
    host: description.hostname,
    map: (port, outer, leaseS) => map(service, client, port, outer, leaseS),
    unmap: async (_, outer) => void (await order(service, 'DeletePortMapping', nameOf(outer)))
  }
}

/** The first service that maps ports, if it is at the router itself. */
export function serviceIn(text: string, description: URL): Service | null {
  const services = text.split('<service>').slice(1)
  for (const type of SERVICES) {
    const found = services.find((part) => textOf(part, 'serviceType') === type)
    const url =
      found === undefined ? null : lanUrl(textOf(found, 'controlURL') ?? '', description.hostname, description.href)
    if (url !== null) return { type, url }
  }
  return null
}

async function map(service: Service, client: string, port: number, outer: number, leaseS: number): Promise<Mapped> {
  try {
    await order(service, 'AddPortMapping', orderOf(client, port, outer, leaseS))
    return { port: outer, leaseS, outside: await outsideOf(service) }
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== PERMANENT_ONLY || leaseS === 0) throw error
    return map(service, client, port, outer, 0)
  }
}

async function outsideOf(service: Service): Promise<string | null> {
  const answer = await order(service, 'GetExternalIPAddress', {}).catch(() => '')
  return textOf(answer, 'NewExternalIPAddress')
}

function nameOf(outer: number): Record<string, string> {
  return { NewRemoteHost: '', NewExternalPort: String(outer), NewProtocol: 'TCP' }
}

function orderOf(client: string, port: number, outer: number, leaseS: number): Record<string, string> {
  return {
    ...nameOf(outer),
    NewInternalPort: String(port),
    NewInternalClient: client,
    NewEnabled: '1',
    NewPortMappingDescription: DESCRIPTION,
    NewLeaseDuration: String(leaseS)
  }
}

async function order(
  { type, url }: Service,
  action: string,
  fields: Readonly<Record<string, string>>
): Promise<string> {
  const inner = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`)
  const body = `<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">
<s:Body><u:${action} xmlns:u="${type}">${inner.join('')}</u:${action}></s:Body></s:Envelope>`
  const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${type}#${action}"` }
  const { status, text } = await requestLan(url, { method: 'POST', headers, body })
  if (status === 200) return text
  throw new Fault(textOf(text, 'errorCode') ?? String(status))
}

class Fault extends MappingError {
  readonly code: string

  constructor(code: string) {
    super(code === CONFLICT ? 'ports-taken' : 'gateway-refused', `UPnP ${code.slice(0, 8)}`)
    this.code = code
  }
}

/** The text of the first element of this name, with any prefix; prefixes do not matter for these. */
export function textOf(xml: string, name: string): string | null {
  const start = xml.indexOf(`<${name}>`)
  const from = start + name.length + 2
  const end = start < 0 ? -1 : xml.indexOf(`</${name}>`, from)
  return end < 0 ? null : xml.slice(from, end).trim().replaceAll('&amp;', '&')
}
