using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace BuildData.Benchmarks;

/// <summary>
/// The same tables for EF Core on PostgreSQL. Ids come from a sequence in blocks, so that a row and its event are one batch. A row
/// that somebody else has changed meanwhile is noticed by its xmin.
/// </summary>
internal sealed class EfPostgreSqlModel(DbContextOptions<EfPostgreSqlModel> options) : DbContext(options)
{
    /// <summary>Makes the sequence, which begins behind the rows that are there already.</summary>
    public const string Sequence = "CREATE SEQUENCE ef_ids START 1000000 INCREMENT BY 1000;";

    public DbSet<EfSourceStamp> SourceStamps => Set<EfSourceStamp>();

    public DbSet<EfBuildset> Buildsets => Set<EfBuildset>();

    public DbSet<EfBuildRequest> BuildRequests => Set<EfBuildRequest>();

    public DbSet<EfBuild> Builds => Set<EfBuild>();

    public DbSet<EfStep> Steps => Set<EfStep>();

    /// <summary>Adds the event of a row, as it is now.</summary>
    public async Task Announce<T>(string kind, string name, long id, T row, JsonTypeInfo<T> type) =>
        await AddAsync(new EfEvent { At = Outbox.Now, Kind = kind, Name = name, ResourceId = id, Resource = JsonSerializer.Serialize(row, type) });

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasSequence("ef_ids").IncrementsBy(1000);
        modelBuilder.UseHiLo("ef_ids");
        modelBuilder.Entity<EfSourceStamp>().ToTable("sourcestamps");
        modelBuilder.Entity<EfBuildset>().ToTable("buildsets").Property<uint>("xmin").IsRowVersion();
        modelBuilder.Entity<EfBuildsetProperty>().ToTable("buildset_properties");
        modelBuilder.Entity<EfBuildsetSourceStamp>().ToTable("buildset_sourcestamps");
        modelBuilder.Entity<EfBuildRequest>().ToTable("buildrequests").Property<uint>("xmin").IsRowVersion();
        modelBuilder.Entity<EfBuild>().ToTable("builds").Property<uint>("xmin").IsRowVersion();
        modelBuilder.Entity<EfStep>().ToTable("steps").Property<uint>("xmin").IsRowVersion();
        modelBuilder.Entity<EfEvent>().ToTable("outbox");
        modelBuilder.Entity<EfBuildset>(buildset =>
        {
            buildset.HasMany(x => x.Properties).WithOne().HasForeignKey(x => x.BuildsetId);
            buildset.HasMany(x => x.SourceStamps).WithOne().HasForeignKey(x => x.BuildsetId);
            buildset.HasMany(x => x.Requests).WithOne().HasForeignKey(x => x.BuildsetId);
        });

        foreach (IMutableProperty property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
            property.SetColumnName(property.Name == "BuildRequestId" ? "buildrequest_id" : JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
    }
}
