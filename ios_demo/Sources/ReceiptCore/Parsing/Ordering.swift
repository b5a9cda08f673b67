// Orders in which ties keep their place, as sorts of the other ports do.

extension Sequence {
    /// The elements in order; of two that neither comes before the other, the one that came first stays first.
    func stablySorted(by comesFirst: (Element, Element) -> Bool) -> [Element] {
        enumerated().sorted { a, b in
            if comesFirst(a.element, b.element) { return true }
            return a.offset < b.offset && !comesFirst(b.element, a.element)
        }.map(\.element)
    }

    /// Each element once, as its key comes first.
    func distinct<Key: Hashable>(by key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        return filter { seen.insert(key($0)).inserted }
    }

    /// The first of the elements for which a number is largest.
    func firstMax<Value: Comparable>(by value: (Element) -> Value) -> Element? {
        var best: (element: Element, value: Value)?
        for element in self {
            let value = value(element)
            if best.map({ value > $0.value }) ?? true { best = (element, value) }
        }
        return best?.element
    }

    func count(where holds: (Element) -> Bool) -> Int { reduce(0) { $0 + (holds($1) ? 1 : 0) } }
}
