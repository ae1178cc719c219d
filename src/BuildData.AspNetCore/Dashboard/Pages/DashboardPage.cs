namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Defines a page: what it reads, and which changes make it read again. Two equal pages show the same.</summary>
/// <remarks>
/// Every query of a page has a limit, and an index serves it. So a page costs the same with ten builds and with ten million.
/// </remarks>
internal abstract record DashboardPage
{
    /// <summary>Gets the patterns of the events after which the page is read again.</summary>
    public abstract IReadOnlyList<string> Patterns { get; }

    /// <summary>Gets after which time the page is read again without an event, because not all that it shows is announced.</summary>
    public virtual TimeSpan RefreshInterval => TimeSpan.FromSeconds(15);

    /// <summary>Reads what the page shows.</summary>
    /// <param name="reader">Reads the data.</param>
    /// <param name="previous">The state before; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The state; null if what the page shows does not exist, or not any more.</returns>
    public abstract Task<PageState?> Read(DashboardReader reader, PageState? previous, CancellationToken cancellationToken);
}
