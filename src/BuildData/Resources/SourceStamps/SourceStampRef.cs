namespace BuildData;

/// <summary>Identifies a source stamp of a new buildset by the id of an existing one or by a <see cref="SourceStampKey"/>. Both convert to it implicitly.</summary>
public readonly record struct SourceStampRef
{
    private SourceStampRef(long? id, SourceStampKey? key)
    {
        Id = id;
        Key = key;
    }

    internal long? Id { get; }

    internal SourceStampKey? Key { get; }

    /// <summary>Creates a reference to the source stamp with an id.</summary>
    public static implicit operator SourceStampRef(long sourceStampId) => FromInt64(sourceStampId);

    /// <summary>Creates a reference to the source stamp with a key, which may be new.</summary>
    public static implicit operator SourceStampRef(SourceStampKey key) => FromSourceStampKey(key);

    /// <summary>Creates a reference to the source stamp with an id.</summary>
    public static SourceStampRef FromInt64(long sourceStampId) => new(sourceStampId, null);

    /// <summary>Creates a reference to the source stamp with a key, which may be new.</summary>
    public static SourceStampRef FromSourceStampKey(SourceStampKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new SourceStampRef(null, key);
    }
}
