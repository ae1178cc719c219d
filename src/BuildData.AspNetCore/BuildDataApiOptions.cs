namespace BuildData.AspNetCore;

/// <summary>Holds the options of <c>MapBuildDataApi</c>.</summary>
public sealed class BuildDataApiOptions
{
    /// <summary>
    /// Gets or sets the service key of the master that the endpoints serve; null for the master without a key. Default: null.
    /// </summary>
    public object? ServiceKey { get; set; }
}
