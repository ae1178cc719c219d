using BuildData.Resources;
using BuildData.Resources.Builders;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData;

public sealed partial class Updates
{
    /// <summary>
    /// Returns the id of the builder with the given name. If there is no such builder, adds the builder and announces the event
    /// <c>new</c>.
    /// </summary>
    /// <remarks>Concurrent callers with the same name get the same id.</remarks>
    /// <param name="name">The builder's name: any text that is not empty.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <returns>The builder's id.</returns>
    public Task<long> FindBuilderId(string name, CancellationToken cancellationToken = default)
    {
        ArgumentChecks.NotEmpty(name, nameof(name));
        return Write(
            static (context, name) => BuilderTable.GetOrAddId(context, name),
            name,
            cancellationToken,
            static (plan, name) => plan.AddNameToLookUp(ResourceTables.Builders, name));
    }

    /// <inheritdoc cref="FindBuilderId"/>
    /// <remarks>The same as <see cref="FindBuilderId"/>, which has the name of Buildbot's method.</remarks>
    public Task<long> EnsureBuilder(string name, CancellationToken cancellationToken = default) => FindBuilderId(name, cancellationToken);

    /// <summary>Replaces the description, its format, its HTML, the project and the tags of a builder. Announces the event <c>update</c>.</summary>
    /// <remarks>An argument that is null removes the stored value.</remarks>
    /// <param name="builderId">The id of the builder.</param>
    /// <param name="description">The purpose of the builder.</param>
    /// <param name="descriptionFormat">The format of the description, such as <c>markdown</c>.</param>
    /// <param name="descriptionHtml">The description as HTML.</param>
    /// <param name="projectId">The id of the project that the builder belongs to.</param>
    /// <param name="tags">Words that group builders. Duplicates are ignored.</param>
    /// <param name="cancellationToken">Cancels the update if the store has not started it. Otherwise the token has no effect.</param>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    public Task UpdateBuilderInfo(
        long builderId,
        string? description = null,
        string? descriptionFormat = null,
        string? descriptionHtml = null,
        long? projectId = null,
        IReadOnlyCollection<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        UnicodeText.CheckOptional(description, nameof(description));
        UnicodeText.CheckOptional(descriptionFormat, nameof(descriptionFormat));
        UnicodeText.CheckOptional(descriptionHtml, nameof(descriptionHtml));
        string[] ownTags = [.. (tags ?? []).Distinct(StringComparer.Ordinal)];
        foreach (string tag in ownTags)
            UnicodeText.Check(tag, nameof(tags));

        var info = new Builder
        {
            BuilderId = builderId,
            Description = description,
            DescriptionFormat = descriptionFormat,
            DescriptionHtml = descriptionHtml,
            ProjectId = projectId,
            Tags = ownTags.Length == 0 ? [] : new EquatableList<string>(ownTags),
        };
        return Write(
            static async (context, info) =>
            {
                Builder builder = await BuilderTable.GetForUpdate(context, info.BuilderId).ConfigureAwait(false);
                builder = info with { Name = builder.Name, MasterIds = builder.MasterIds };
                await context.Session.Execute(
                    "UPDATE builders SET description = $2, description_format = $3, description_html = $4, project_id = $5 WHERE id = $1",
                    builder.BuilderId, builder.Description, builder.DescriptionFormat, builder.DescriptionHtml, builder.ProjectId)
                    .ConfigureAwait(false);
                await context.Session.Execute("DELETE FROM builder_tags WHERE builder_id = $1", builder.BuilderId).ConfigureAwait(false);
                for (int i = 0; i < builder.Tags.Count; i++)
                {
                    await context.Session.Execute(
                        "INSERT INTO builder_tags (builder_id, position, tag) VALUES ($1, $2, $3)",
                        builder.BuilderId, i, builder.Tags[i]).ConfigureAwait(false);
                }

                BuilderTable.CacheAndAnnounce(context, builder, "update");
                return default(NoResult);
            },
            info,
            cancellationToken,
            static (plan, info) => PlanUpdateBuilderInfo(plan, info.BuilderId));
    }

    private static void PlanUpdateBuilderInfo(PrefetchPlan plan, long builderId)
    {
        plan.AddRowToLock(ResourceTables.Builders, builderId);
        plan.AddNeed(new BuilderWithTagsToPrefetch(builderId));
    }
}
