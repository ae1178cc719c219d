namespace BuildData.AspNetCore;

/// <summary>Holds the options of <c>MapBuildDataDashboard</c>.</summary>
public sealed class BuildDataDashboardOptions
{
    /// <summary>
    /// Gets or sets the service key of the master that the dashboard shows; null for the master without a key. Default: null.
    /// </summary>
    public object? ServiceKey { get; set; }

    /// <summary>Gets or sets the title of the pages. Default: <c>Builds</c>.</summary>
    public string Title { get; set; } = "Builds";

    /// <summary>
    /// Gets or sets whether users of the dashboard can stop, rebuild and cancel. Default: false. Everybody who has access to the dashboard then has
    /// these rights too, unless <see cref="ControlPolicy"/> is set.
    /// </summary>
    public bool AllowControl { get; set; }

    /// <summary>
    /// Gets or sets the name of the authorization policy that a user needs to stop, rebuild and cancel; null if there is no such policy. Other users do
    /// not see the buttons. Default: null.
    /// </summary>
    public string? ControlPolicy { get; set; }

    internal void Validate()
    {
        if (string.IsNullOrWhiteSpace(Title))
            throw new ArgumentException($"{nameof(BuildDataDashboardOptions)}.{nameof(Title)} must not be empty.");
    }
}
