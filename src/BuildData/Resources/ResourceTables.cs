using BuildData.Definitions;

namespace BuildData.Resources;

/// <summary>
/// Lists the database tables of the resource types, in the order in which transactions lock rows. A transaction locks rows of
/// <see cref="Masters"/> first, and rows of <see cref="Logs"/> last. All masters use this order, because different orders could cause
/// deadlocks.
/// </summary>
internal static class ResourceTables
{
    public static readonly ResourceTable Masters = new(0, "masters");

    public static readonly ResourceTable Builders = new(1, "builders", "builder_tags", "builder_masters", "removed_builders") { NamesCanChange = true };

    public static readonly ResourceTable Workers = new(2, "workers", "worker_connections", "configured_workers");

    public static readonly ResourceTable SourceStamps = new(3, "sourcestamps", "patches");

    public static readonly ResourceTable Buildsets = new(4, "buildsets", "buildset_sourcestamps", "buildset_properties");

    public static readonly ResourceTable BuildRequests = new(5, "buildrequests");

    public static readonly ResourceTable Builds = new(6, "builds", "build_properties");

    public static readonly ResourceTable Steps = new(7, "steps");

    public static readonly ResourceTable Logs = new(8, "logs", "log_chunks", "removed_logs");
}
