namespace BuildData.Updating.Caching;

/// <summary>Represents one part of a <see cref="RowCache"/>: the collections that one resource type needs, such as the cached steps.</summary>
/// <typeparam name="TSelf">The type that implements the interface. A cache has one part of each type.</typeparam>
internal interface ICachePart<TSelf>
    where TSelf : class, ICachePart<TSelf>
{
    /// <summary>Creates the part, and adds the collections of the part to a cache.</summary>
    static abstract TSelf Create(RowCache cache);
}
