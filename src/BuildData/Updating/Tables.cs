namespace BuildData.Stores;

/// <summary>Specifies the tables that an update writes or whose rows it locks. The table of events is left out because every update writes it.</summary>
[Flags]
public enum Tables
{
    /// <summary>No table.</summary>
    None = 0,

    /// <summary>The table <c>masters</c>.</summary>
    Masters = 1 << 0,

    /// <summary>The tables <c>builders</c> and <c>builder_tags</c>.</summary>
    Builders = 1 << 1,

    /// <summary>The table <c>workers</c>.</summary>
    Workers = 1 << 2,

    /// <summary>The tables <c>sourcestamps</c> and <c>patches</c>.</summary>
    SourceStamps = 1 << 3,

    /// <summary>The tables <c>buildsets</c>, <c>buildset_sourcestamps</c> and <c>buildset_properties</c>.</summary>
    Buildsets = 1 << 4,

    /// <summary>The table <c>buildrequests</c>.</summary>
    BuildRequests = 1 << 5,

    /// <summary>The tables <c>builds</c> and <c>build_properties</c>.</summary>
    Builds = 1 << 6,

    /// <summary>The table <c>steps</c>.</summary>
    Steps = 1 << 7,
}
