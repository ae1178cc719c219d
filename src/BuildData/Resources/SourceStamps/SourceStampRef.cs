namespace BuildData;

/// <summary>
/// Identifies a source stamp of a new buildset by the id of an existing source stamp, or by a <see cref="SourceStampKey"/>. An id and a key
/// convert implicitly to a <see cref="SourceStampRef"/>.
/// </summary>
public readonly record struct SourceStampRef
{
    private SourceStampRef(long? id, SourceStampKey? key)
    {
        Id = id;
        Key = key;
    }

    internal long? Id { get; }

    internal SourceStampKey? Key { get; }

    /// <summary>Creates a reference to the source stamp with the given id.</summary>
    public static implicit operator SourceStampRef(long sourceStampId) => FromInt64(sourceStampId);

    /// <summary>Creates a reference to the source stamp with the given key. The source stamp need not exist yet.</summary>
    public static implicit operator SourceStampRef(SourceStampKey key) => FromSourceStampKey(key);

    /// <summary>Creates a reference to the source stamp with the given id.</summary>
    public static SourceStampRef FromInt64(long sourceStampId) => new(sourceStampId, null);

    /// <summary>Creates a reference to the source stamp with the given key. The source stamp need not exist yet.</summary>
    public static SourceStampRef FromSourceStampKey(SourceStampKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new SourceStampRef(null, key);
    }
}
