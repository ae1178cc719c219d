using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>What everything that writes has in common.</summary>
/// <param name="Server">The database.</param>
/// <param name="Context">What the store was made with.</param>
/// <param name="Announcer">Who publishes the events.</param>
/// <param name="Ids">The ids that are left over.</param>
/// <param name="MasterId">The id of this process's master.</param>
internal sealed record Site(Server Server, StoreContext Context, Announcer Announcer, IdPool Ids, long MasterId);
