// Decides requests by a table that `wrpc decide POLICY --table FILE` wrote; docs/table.md describes it.
//
//   import { evaluator } from "./decide.mjs"
//   const decide = evaluator(JSON.parse(text))
//   decide({ tokens: 9000, pii: null })
//
// `node decide.mjs TABLE` reads a request a line and prints a decision a line.
//
// Numbers are exact: a request's may also be strings (`"17/20"`), for what no double holds. Where a request is none, or
// two routes conflict, or the table does not decide, the answer is `{"error": {"code": …}}`.

class Refused extends Error {
  constructor(code) {
    super(code)
    this.code = code
  }
}

// ── Exact numbers ─────────────────────────────────────────────────────────

const gcd = (a, b) => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b))

const ratio = (top, bottom = 1n) => {
  const shared = gcd(top, bottom)
  return { top: top / shared, bottom: bottom / shared }
}

const parsed = (text) => {
  if (text.includes("/")) return ratio(...text.split("/").map(BigInt))
  const [, sign, whole, part = "", exponent = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text)
  const places = Number(exponent) - part.length
  const digits = BigInt(sign + whole + part)
  return places < 0 ? ratio(digits, 10n ** BigInt(-places)) : ratio(digits * 10n ** BigInt(places))
}

const less = (a, b) => a.top * b.bottom < b.top * a.bottom
const same = (a, b) => a.top === b.top && a.bottom === b.bottom
const sum = (a, b) => ratio(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom)
const product = (a, b) => ratio(a.top * b.top, a.bottom * b.bottom)
const written = (a) => (a.bottom === 1n ? `${a.top}` : `${a.top}/${a.bottom}`)
const ZERO = ratio(0n)
const ONE = ratio(1n)

// ── Strings by code point, as wrpc orders them; JavaScript's own `<` goes by UTF-16 ──

const before = (a, b) => {
  const x = [...a], y = [...b]
  for (let i = 0; i < x.length && i < y.length; i++)
    if (x[i] !== y[i]) return x[i].codePointAt(0) < y[i].codePointAt(0)
  return x.length < y.length
}

const expressions = new Map()
// The whole string: an expression of a table looks to neither side but by its own words.
const matches = (a, b) => {
  if (!expressions.has(b)) expressions.set(b, new RegExp(`^(?:${b})$`, "u"))
  return expressions.get(b).test(a)
}
const RELATIONS = {
  equals: (a, b) => a === b,
  before,
  prefix: (a, b) => a.startsWith(b),
  suffix: (a, b) => a.endsWith(b),
  contains: (a, b) => a.includes(b),
  matches,
}

// How many of a sorted list do not stand behind something.
const passed = (list, behind) => {
  let low = 0, high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (behind(list[middle])) high = middle
    else low = middle + 1
  }
  return low
}

// ── The table ─────────────────────────────────────────────────────────────

export const evaluator = (table) => {
  if (table.version !== 1) throw new Error(`version ${table.version} of a table`)
  const signals = new Map(table.signals.map((s) => [s.name, s]))
  const lets = new Map(table.lets.map((l) => [l.name, l.when]))
  const points = table.dimensions.map((d) => d.points?.map(parsed))
  const names = table.dimensions.map((d) => d.names && new Map(d.names.map((n, i) => [n, i])))
  const whens = new Map(table.routes.map((r) => [r.name, r.when]))

  const value = (signal, given) => {
    if (given === null) {
      if (!signal.can_fail) throw new Refused("WRP173")
      return null
    }
    const wrong = new Refused("WRP172")
    switch (signal.type) {
      case "bool":
        if (typeof given !== "boolean") throw wrong
        return given
      case "string":
        if (typeof given !== "string") throw wrong
        return given
      case "one_of":
        if (!signal.names.includes(given)) throw wrong
        return given
      case "any_of":
        if (!Array.isArray(given) || !given.every((n) => signal.names.includes(n))) throw wrong
        return new Set(given)
      default: {
        const exact = typeof given === "string" && /^-?\d+(\/[1-9]\d*)?$/.test(given)
        if (!exact && !Number.isFinite(given)) throw wrong
        const number = parsed(String(given))
        if (less(number, parsed(signal.low)) || less(parsed(signal.high), number)) throw wrong
        if (signal.type === "int" && number.bottom !== 1n) throw wrong
        return number
      }
    }
  }

  // Step 1: what fires, and with which number and confidence. Without `meanings` a failure is unknown.
  const settled = (values, meanings) => {
    const s = { values, fires: new Map(), raw: new Map(), confidence: new Map(), denied: null }
    for (const [name, signal] of signals) {
      const given = values.get(name)
      const meaning = meanings && given === null ? signal.on_error : null
      if (meaning === "deny") s.denied ??= name
      if (signal.type === "bool") {
        s.fires.set(name, given ?? { fires: true, silent: false }[meaning] ?? null)
      } else if (signal.type === "score") {
        const number = given ?? { fires: ONE, silent: ZERO }[meaning] ?? null
        const threshold = signal.threshold === null ? null : parsed(signal.threshold)
        let fires = false
        if (threshold !== null)
          fires = number === null ? null : signal.above ? less(threshold, number) : !less(number, threshold)
        s.fires.set(name, fires)
        s.raw.set(name, number)
        s.confidence.set(name, fires ? number : fires === null ? null : ZERO)
      } else s.raw.set(name, given)
    }
    for (const group of table.groups) settle(s, group)
    return s
  }

  const settle = (s, group) => {
    const others = group.members.filter((m) => m !== group.default)
    const firing = others.filter((m) => s.fires.get(m) && s.values.get(m) !== null)
    if (firing.length > 1) throw new Refused("WRP174")
    const winner = firing[0] ?? others.find((m) => s.fires.get(m)) ?? null
    const unknown = winner === null && others.some((m) => s.fires.get(m) === null)
    const set = (name, fires, confidence) => {
      s.fires.set(name, fires)
      if (signals.get(name).type === "score") s.confidence.set(name, confidence)
    }
    if (winner !== null) for (const m of others) if (m !== winner) set(m, false, ZERO)
    if (group.default !== null) {
      if (unknown) set(group.default, null, null)
      else set(group.default, winner === null, winner === null ? ONE : ZERO)
    }
  }

  // The cell of a dimension; null where it is unknown.
  const cell = (s, index) => {
    const d = table.dimensions[index]
    const given = s.values.get(d.signal)
    switch (d.kind) {
      case "fires": {
        const fires = s.fires.get(d.signal)
        return fires === null ? null : Number(fires)
      }
      case "failed":
        return Number(given === null)
      case "has":
        return given === null ? null : Number(given.has(d.member))
      case "name":
        return given === null ? null : names[index].get(given)
      case "text": {
        if (given === null) return null
        const place = passed(d.words, (word) => before(given, word)) - 1
        return d.words[place] === given ? 2 * place : 2 * place + 1
      }
      case "relation": {
        const [left, right] = [d.left, d.right].map((t) => t.text ?? s.values.get(t.signal))
        return left === null || right === null ? null : Number(RELATIONS[d.relation](left, right))
      }
      case "number": {
        const number = total(s, d.terms)
        if (number === null) return null
        const place = passed(points[index], (point) => !less(point, number))
        const at = points[index][place]
        return at !== undefined && same(at, number) ? 2 * place + 1 : 2 * place
      }
    }
  }

  const total = (s, terms) => {
    let found = ZERO
    for (const term of terms) {
      let number
      if ("raw" in term) number = s.raw.get(term.raw)
      else if ("confidence" in term) number = s.confidence.get(term.confidence)
      else {
        const one = truth(s, term.one)
        number = one === null ? null : one ? ONE : ZERO
      }
      if (number === null) return null
      found = sum(found, product(parsed(term.times), number))
    }
    return found
  }

  // ── Conditions in three values; null is unknown ─────────────────────────

  const every = (values) => (values.includes(false) ? false : values.includes(null) ? null : true)
  const some = (values) => (values.includes(true) ? true : values.includes(null) ? null : false)
  const not = (truth) => (truth === null ? null : !truth)

  const once = (known, key, make) => {
    if (!known.has(key)) known.set(key, make())
    return known.get(key)
  }

  const truth = (s, when) => {
    s.cells ??= new Map()
    s.lets ??= new Map()
    if (when.boxes) return some(when.boxes.map((box) => every(box.map((test) => inside(s, test)))))
    if (when.all) return every(when.all.map((w) => truth(s, w)))
    if (when.any) return some(when.any.map((w) => truth(s, w)))
    if (when.not) return not(truth(s, when.not))
    return once(s.lets, when.let, () => truth(s, lets.get(when.let)))
  }

  const inside = (s, [index, runs]) => {
    const at = once(s.cells, index, () => cell(s, index))
    return at === null ? null : runs.some(([low, high]) => low <= at && at <= high)
  }

  // ── Steps 2 to 5 ────────────────────────────────────────────────────────

  // The routes that go first of those that hold.
  const foremost = (s) => {
    const holds = table.routes.filter((r) => {
      const found = truth(s, r.when)
      return found === true || (found === null && r.on_unknown === "fires")
    })
    if (!holds.length) return []
    let left = holds.filter((r) => r.class === holds[0].class)
    for (const key of table.resolve) {
      if (left.length === 1) break
      if (key === "priority") {
        const highest = Math.max(...left.map((r) => r.priority))
        left = left.filter((r) => r.priority === highest)
      } else if (key === "name") left = [left.reduce((a, b) => (before(b.name, a.name) ? b : a))]
      else throw new Refused("WRP820")
    }
    return left
  }

  const taken = (s) => {
    const left = foremost(s)
    if (!left.length) return null
    const deed = table.plans[left[0].plan].deed
    if (left.some((r) => table.plans[r.plan].deed !== deed)) throw new Refused("WRP201")
    return left.reduce((a, b) => (before(b.name, a.name) ? b : a))
  }

  // A denial of its own `when`, or for what the plan costs that would be chosen.
  const denies = (s, rule) => {
    if (rule.plans === undefined) return truth(s, rule.when) !== false
    const plans = foremost(s).map((r) => r.plan)
    if (!plans.length && table.default !== null) plans.push(table.default)
    const asked = plans.length ? plans.map((p) => rule.plans[p]) : [rule.unrouted]
    return asked.some((when) => truth(s, when) !== false)
  }

  const guarded = (s, route, plan) => {
    const found = { route, destinations: [], obligations: [], removed: [] }
    if (plan.deny !== null) {
      const by = route === "default" ? "default" : `route ${route}`
      return { ...found, action: "deny", reason: plan.deny, denied_by: by }
    }
    const acts = (rule, key) => rule.pools[key] !== undefined && truth(s, rule.pools[key]) !== false
    const forbidding = (key) => new Set(table.forbids.filter((f) => acts(f, key)).map((f) => f.by))
    const by = new Map(plan.destinations.map((d) => [d, forbidding(d.as?.written ?? d.pool)]))
    const spared = () => plan.destinations.filter((d) => !by.get(d).size)
    for (let next = rising(spared()); next?.as; next = rising(spared())) {
      by.set(next, forbidding(next.as.primary))
      if (!by.get(next).size) break
    }
    for (const [planned, guards] of by)
      for (const guard of guards)
        if (!found.removed.some((r) => r.pool === planned.pool && r.by === guard))
          found.removed.push({ pool: planned.pool, by: guard })
    const destinations = promoted(plan, spared())
    if (!destinations.length) {
      const by = found.removed.at(-1)?.by ?? "guard "
      return { ...found, action: "deny", reason: `guard \`${by.slice(6)}\` leaves no destination`, denied_by: by }
    }
    const union = new Set()
    const others = plan.others !== null && destinations.filter((d) => d.role === "primary").length > 1
    const key = (d) =>
      (d.role === "primary" && (d.as?.primary ?? (others ? d.as?.others : undefined))) || (d.as?.written ?? d.pool)
    const own = new Map(destinations.map((d) => [d, new Set()]))
    for (const rule of table.obligations) {
      if (rule.when !== null && truth(s, rule.when) !== false) union.add(rule.name)
      if (rule.when === null) for (const [d, asked] of own) if (acts(rule, key(d))) asked.add(rule.name)
    }
    const sorted = (set) => [...set].sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0))
    for (const asked of own.values()) for (const name of asked) union.add(name)
    const standing = destinations.filter((d) => d.role === "over_budget").map((d) => d.pool)
    const budgets = (plan.budgets ?? []).map((b) => ({
      ...b,
      then: b.then.filter((step) => step.pool === undefined || standing.includes(step.pool)),
    }))
    return {
      ...found,
      action: "route",
      reason: null,
      destinations: destinations.map(({ as, ...d }, i) => ({ ...d, obligations: sorted(own.get(destinations[i])) })),
      obligations: sorted(union),
      denied_by: null,
      ...(others ? { others: plan.others } : {}),
      ...(budgets.length ? { budgets } : {}),
    }
  }

  // Of what is left, what becomes a primary without being one as written.
  const rising = (left) => {
    const main = left.find((d) => d.role === "primary" || d.role === "cascade")
    if (main) return main.role === "cascade" ? main : undefined
    return left.find((d) => d.role === "fallback")
  }

  // What is left of a plan, the weights of its primaries adding up to 1 again.
  const promoted = (plan, left) => {
    const main = left.filter((d) => d.role === "primary" || d.role === "cascade")
    const edges = left.filter((d) => !main.includes(d))
    if (!main.length) {
      const first = edges.find((d) => d.role === "fallback")
      if (!first) return []
      return [{ ...first, role: "primary", weight: "1" }, ...edges.filter((d) => d !== first)]
    }
    if (plan.cascade) return [{ ...main[0], role: "primary", weight: "1" }, ...main.slice(1), ...edges]
    if (main[0].weight === null) return left
    const whole = main.map((d) => parsed(d.weight)).reduce(sum)
    const share = (d) =>
      same(whole, ZERO) ? ratio(1n, BigInt(main.length)) : product(parsed(d.weight), ratio(whole.bottom, whole.top))
    return [...main.map((d) => ({ ...d, weight: written(share(d)) })), ...edges]
  }

  const decided = (given) => {
    for (const name of Object.keys(given)) if (!signals.has(name)) throw new Refused("WRP171")
    const values = new Map()
    for (const [name, signal] of signals)
      values.set(name, value(signal, Object.hasOwn(given, name) ? given[name] : signal.absent))
    const plain = settled(values, false)
    for (const assumption of table.assumptions)
      if (truth(plain, assumption.when) === false) throw new Refused("WRP174")
    const s = settled(values, true)
    const fired = [...s.fires].filter(([, fires]) => fires).map(([name]) => name)
    fired.sort((a, b) => (before(a, b) ? -1 : 1))
    const ended = (reason, by, action = "deny") => ({
      route: null, action, reason, destinations: [], obligations: [], fired, removed: [], denied_by: by,
    })
    if (s.denied !== null) return ended(`signal \`${s.denied}\` failed`, `signal ${s.denied}`)
    for (const rule of table.denials) if (denies(s, rule)) return ended(rule.reason, rule.by)
    for (const name of table.wary)
      if (truth(s, whens.get(name)) === null)
        return ended(`whether route \`${name}\` holds is unknown`, `route ${name}`)
    const route = taken(s)
    if (route === null && table.default === null) return ended(null, null, "unrouted")
    const plan = table.plans[route === null ? table.default : route.plan]
    return { ...guarded(s, route === null ? "default" : route.name, plan), fired }
  }

  return (given) => {
    try {
      return decided(given)
    } catch (error) {
      if (error instanceof Refused) return { error: { code: error.code } }
      throw error
    }
  }
}

if (typeof process !== "undefined" && process.argv[1]?.endsWith("decide.mjs")) {
  const { readFileSync } = await import("node:fs")
  const decide = evaluator(JSON.parse(readFileSync(process.argv[2], "utf8")))
  const lines = readFileSync(0, "utf8").split("\n").filter((line) => line.trim())
  for (const line of lines) process.stdout.write(JSON.stringify(decide(JSON.parse(line))) + "\n")
}
