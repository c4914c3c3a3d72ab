using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Metadata;

namespace ImOrleans.Domain.Tests.Metadata;

public sealed class MetadataFormTests
{
    [Theory]
    [InlineData(0, ErrorCode.StorageInvalidKey)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(SharedDataLimits.KeyLengthMax, ErrorCode.None)]
    [InlineData(SharedDataLimits.KeyLengthMax + 1, ErrorCode.StorageKeyLengthOverflow)]
    public void A_key_has_1_to_32_characters(int length, ErrorCode expected) =>
        Assert.Equal(expected, Check(new MetadataWrite(new string('é', length), "v")));

    [Theory]
    [InlineData(0, ErrorCode.None)]
    [InlineData(SharedDataLimits.ValueBytesMax, ErrorCode.None)]
    [InlineData(SharedDataLimits.ValueBytesMax + 1, ErrorCode.StorageValueLengthOverflow)]
    public void A_value_has_at_most_16_KiB(int bytes, ErrorCode expected) =>
        Assert.Equal(expected, Check(new MetadataWrite("k", new string('x', bytes))));

    [Fact]
    public void The_bytes_of_a_value_are_those_of_its_UTF_8() =>
        Assert.Equal(
            ErrorCode.StorageValueLengthOverflow,
            Check(new MetadataWrite("k", new string('é', (SharedDataLimits.ValueBytesMax / 2) + 1))));

    [Theory]
    [InlineData(long.MinValue, ErrorCode.StorageInvalidRevision)]
    [InlineData(-2, ErrorCode.StorageInvalidRevision)]
    [InlineData(-1, ErrorCode.None)]
    [InlineData(0, ErrorCode.StorageInvalidRevision)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(long.MaxValue, ErrorCode.None)]
    public void A_revision_is_minus_one_or_greater_than_zero(long revision, ErrorCode expected)
    {
        Assert.Equal(expected, Check(new MetadataWrite("k", "v", revision)));
        Assert.Equal(
            expected,
            MetadataForm.Check(MetadataChangeKind.Remove, [], revision)?.Code ?? ErrorCode.None);
    }

    [Fact]
    public void No_key_is_named_twice()
    {
        Assert.Equal(ErrorCode.StorageDuplicateKey, Check(new("k", "1"), new("k", "2")));
        Assert.Equal(ErrorCode.None, Check(new("k", "1"), new("K", "2")));
    }

    [Fact]
    public void Only_a_removal_may_name_nothing()
    {
        Assert.Equal(ErrorCode.StorageInvalidArgument, Check());
        Assert.Equal(
            ErrorCode.StorageInvalidArgument, MetadataForm.Check(MetadataChangeKind.Update, [], -1)?.Code);
        Assert.Null(MetadataForm.Check(MetadataChangeKind.Remove, [], -1));
    }

    private static ErrorCode Check(params MetadataWrite[] items) =>
        MetadataForm.Check(MetadataChangeKind.Set, items, MetadataWrite.AnyRevision)?.Code ?? ErrorCode.None;
}
