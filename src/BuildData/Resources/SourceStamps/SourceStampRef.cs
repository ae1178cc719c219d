namespace BuildData;

/// <summary>A source stamp of a new buildset: the id of a known one, or a <see cref="SourceStampKey"/>. Both convert to it.</summary>
public readonly record struct SourceStampRef
{
    private SourceStampRef(long? id, SourceStampKey? key)
    {
        Id = id;
        Key = key;
    }

    internal long? Id { get; }

    internal SourceStampKey? Key { get; }

    /// <summary>The source stamp with this id.</summary>
    public static implicit operator SourceStampRef(long sourceStampId) => FromInt64(sourceStampId);

    /// <summary>The source stamp with this key, new or known.</summary>
    public static implicit operator SourceStampRef(SourceStampKey key) => FromSourceStampKey(key);

    /// <summary>The source stamp with this id.</summary>
    public static SourceStampRef FromInt64(long sourceStampId) => new(sourceStampId, null);

    /// <summary>The source stamp with this key, new or known.</summary>
    public static SourceStampRef FromSourceStampKey(SourceStampKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new SourceStampRef(null, key);
    }
}
